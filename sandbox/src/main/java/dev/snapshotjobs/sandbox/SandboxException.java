package dev.snapshotjobs.sandbox;

import java.io.Serial;

/// The sandbox itself could not do what it was asked for; never a simulated failure.
public final class SandboxException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  SandboxException(String message) {
    super(message);
  }

  SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
