package dev.snapshotjobs.e2e;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.testcontainers.DockerClientFactory;

/// Gives tests the one cluster of this run. Without Docker, kind or kubectl they are skipped,
/// aloud; in CI (`CI=true`) they fail instead.
final class InKind implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == KindCluster.class;
  }

  @Override
  public KindCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
    requireTools();
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(KindCluster.class))
        .computeIfAbsent(KindCluster.class, _ -> start(), KindCluster.class);
  }

  private static KindCluster start() {
    try {
      return KindCluster.start();
    } catch (IOException e) {
      throw new AssertionError("no cluster", e);
    }
  }

  private static void requireTools() {
    List<String> missing =
        List.of("docker", "kind", "kubectl").stream()
            .filter(tool -> !Program.isInstalled(tool))
            .toList();
    if (missing.isEmpty() && DockerClientFactory.instance().isDockerAvailable()) {
      return;
    }
    skip(missing.isEmpty() ? "no Docker engine answers" : missing + " not on the PATH");
  }

  /// Leaves a test out, aloud; in CI it fails instead.
  static void skip(String why) {
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(why);
    }
    System.err.println("SKIPPED: " + why);
    Assumptions.abort(why);
  }
}
