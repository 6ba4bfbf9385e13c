package dev.snapshotjobs.e2e;

import java.io.IOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests the one cluster of this run.
final class InKind implements BeforeAllCallback, ParameterResolver {
  /// Here, because a test that is given up while its parameters are sought counts as failed.
  @Override
  public void beforeAll(ExtensionContext context) {
    Prerequisites.requireDocker("docker", "kind", "kubectl");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == KindCluster.class;
  }

  @Override
  public KindCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
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
}
