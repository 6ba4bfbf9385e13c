package dev.snapshotjobs.common.kube;

import io.fabric8.kubernetes.client.KubernetesClientException;

/// A request that the Kubernetes API did not carry out, with what it was for.
public final class KubernetesFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  KubernetesFailure(String doing, KubernetesClientException cause) {
    super(doing + ": " + reasonOf(cause), cause);
    this.status = cause.getCode();
  }

  private static String reasonOf(KubernetesClientException cause) {
    String message =
        cause.getStatus() != null && cause.getStatus().getMessage() != null
            ? cause.getStatus().getMessage()
            : String.valueOf(cause.getMessage());
    return cause.getCode() > 0
        ? message + " (HTTP " + cause.getCode() + ")"
        : "no answer from the API: " + rootOf(cause);
  }

  /// Without an answer the client's own message says nothing; what it ran into does.
  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /// The HTTP status, 0 if there was no answer.
  public int status() {
    return status;
  }

  public boolean isConflict() {
    return status == 409;
  }

  /// Whether the same request may well succeed later: no answer, conflict, throttling, server
  /// error.
  public boolean isTransient() {
    return status <= 0 || status == 409 || status == 410 || status == 429 || status >= 500;
  }
}
