package dev.snapshotjobs.sandbox;

/// The text of a kubeconfig file for an API server without authentication.
final class Kubeconfig {

  private Kubeconfig() {}

  static String of(String url) {
    return """
    apiVersion: v1
    kind: Config
    clusters:
      - name: sandbox
        cluster:
          server: %s
    users:
      - name: sandbox
        user: {}
    contexts:
      - name: sandbox
        context:
          cluster: sandbox
          user: sandbox
    current-context: sandbox
    """
        .formatted(url);
  }
}
