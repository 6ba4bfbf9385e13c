package dev.snapshotjobs.sandbox;

import java.io.Serial;

/// Why a container cannot be started now, as its Pod shows it.
final class ContainerRefusal extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final String reason;

  /// @param reason a word for machines, such as `ErrImagePull`
  ContainerRefusal(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
