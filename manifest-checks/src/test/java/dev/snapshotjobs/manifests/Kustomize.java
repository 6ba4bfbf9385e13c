package dev.snapshotjobs.manifests;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// Builds the trees below `kustomize/` with the kubectl of this machine.
///
/// Without one the tests that need it are skipped, aloud; in CI (`CI=true`) they fail instead.
final class Kustomize {
  private static final Path ROOT = Path.of("../kustomize");
  private static final ConcurrentMap<Path, String> BUILT = new ConcurrentHashMap<>();

  private Kustomize() {}

  /// Every tree that is applied as it is.
  static List<Path> trees() throws IOException {
    return Stream.of(
            Stream.of(ROOT.resolve("cluster"), ROOT.resolve("base")),
            directories("base").stream(),
            overlays().stream())
        .flatMap(Function.identity())
        .toList();
  }

  static List<Path> overlays() throws IOException {
    return directories("overlays");
  }

  static List<Path> components() throws IOException {
    return directories("components");
  }

  private static List<Path> directories(String parent) throws IOException {
    try (Stream<Path> children = Files.list(ROOT.resolve(parent))) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }

  /// A tree of the base and one component. Below `target/`, because Kustomize takes no other paths
  /// than relative ones.
  static Path baseWith(Path component) throws IOException {
    Path tree =
        Files.createDirectories(Path.of("target/components").resolve(component.getFileName()));
    Files.writeString(
        tree.resolve("kustomization.yaml"),
        "resources: [%s]\ncomponents: [%s]\n"
            .formatted(tree.relativize(ROOT.resolve("base")), tree.relativize(component)));
    return tree;
  }

  /// Every file that says how a tree is put together, components' too.
  static List<Path> kustomizations() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(file -> file.endsWith("kustomization.yaml")).sorted().toList();
    }
  }

  static ParsedObjects build(Path tree) {
    return ParsedObjects.of(text(tree));
  }

  static String text(Path tree) {
    Path kubectl = kubectl().orElseGet(Kustomize::withoutKubectl);
    return BUILT.computeIfAbsent(tree, path -> run(kubectl, path));
  }

  private static Optional<Path> kubectl() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "kubectl"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Path withoutKubectl() {
    String message = "kubectl is not on the PATH, so no Kustomize tree is built";
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(message);
    }
    System.err.println("SKIPPED: " + message);
    return Assumptions.abort(message);
  }

  private static String run(Path kubectl, Path tree) {
    try {
      Path errors = Files.createTempFile("kustomize", ".err");
      Process process =
          new ProcessBuilder(kubectl.toString(), "kustomize", tree.toString())
              .redirectError(errors.toFile())
              .start();
      String yaml = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      String said = Files.readString(errors);
      Files.delete(errors);
      // Also a warning is a finding: that is how Kustomize tells what it will drop.
      if (status != 0 || !said.isBlank()) {
        throw new AssertionError("kubectl kustomize " + tree + ": " + status + "\n" + said);
      }
      return yaml;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("kubectl kustomize " + tree, e);
    }
  }
}
