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
    try (Stream<Path> overlays = Files.list(ROOT.resolve("overlays"))) {
      return Stream.concat(
              Stream.of("cluster", "base", "base/binlog-archiver", "base/snapshot-job")
                  .map(ROOT::resolve),
              overlays.sorted())
          .toList();
    }
  }

  static List<Path> overlays() throws IOException {
    return trees().stream().filter(tree -> tree.startsWith(ROOT.resolve("overlays"))).toList();
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
