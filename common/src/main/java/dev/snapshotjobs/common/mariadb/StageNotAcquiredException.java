package dev.snapshotjobs.common.mariadb;

import java.time.Duration;

/// The backup stage was not to be had within its budget. Nothing is held; another attempt may work.
public final class StageNotAcquiredException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String blockers;

  StageNotAcquiredException(String stage, Duration waited, String blockers, Throwable cause) {
    super(
        "BACKUP STAGE %s was not granted in %.1f s%s"
            .formatted(
                stage,
                waited.toMillis() / 1000.0,
                blockers.isEmpty() ? "" : "; running meanwhile: " + blockers),
        cause);
    this.blockers = blockers;
  }

  /// The statements that ran meanwhile, for a person; empty if none was seen.
  public String blockers() {
    return blockers;
  }
}
