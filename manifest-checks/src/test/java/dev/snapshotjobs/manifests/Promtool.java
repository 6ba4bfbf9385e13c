package dev.snapshotjobs.manifests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// Prometheus' own test of rules, in a container.
///
/// Without Docker the tests that need it are skipped, aloud; in CI (`CI=true`) they fail instead.
final class Promtool {
  private static final String IMAGE = "prom/prometheus:v2.53.3";

  private Promtool() {}

  record Ended(int status, String output) {}

  /// @param directory is copied, because the engine need not be on this machine
  static Ended test(Path directory, String tests) {
    Ended created =
        docker("create", "--entrypoint", "promtool", IMAGE, "test", "rules", "/tests/" + tests);
    if (created.status() != 0) {
      return withoutDocker(created.output());
    }
    String container = created.output().lines().toList().getLast();
    try {
      Ended copied = docker("cp", directory.toString(), container + ":/tests");
      return copied.status() == 0 ? docker("start", "--attach", container) : copied;
    } finally {
      docker("rm", "--force", container);
    }
  }

  private static Ended withoutDocker(String why) {
    String message = "the alerts are not tested, since Docker has no " + IMAGE + ": " + why;
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(message);
    }
    System.err.println("SKIPPED: " + message);
    return Assumptions.abort(message);
  }

  private static Ended docker(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), output.strip());
    } catch (IOException e) {
      return new Ended(-1, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new AssertionError(command.toString(), e);
    }
  }
}
