package dev.snapshotjobs.e2e;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/// What this machine must have for a test. Without it the test is skipped, aloud; in CI (`CI=true`)
/// it fails instead.
final class Prerequisites {
  private Prerequisites() {}

  /// @param programs what else has to be on the PATH
  static void requireDocker(String... programs) {
    List<String> missing =
        Arrays.stream(programs).filter(program -> !Program.isInstalled(program)).toList();
    if (!missing.isEmpty()) {
      skip(missing + " not on the PATH");
    } else if (!DockerClientFactory.instance().isDockerAvailable()) {
      skip("no Docker engine answers");
    }
  }

  static void skip(String why) {
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(why);
    }
    System.err.println("SKIPPED: " + why);
    Assumptions.abort(why);
  }
}
