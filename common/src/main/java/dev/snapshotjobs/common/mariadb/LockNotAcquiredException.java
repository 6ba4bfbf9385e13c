package dev.snapshotjobs.common.mariadb;

import java.time.Duration;

/// The lock was not to be had within its budget. Nothing is held; another attempt may work.
public final class LockNotAcquiredException extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param blockers the statements that ran meanwhile, for a person; empty if none was seen
  LockNotAcquiredException(String statement, Duration waited, String blockers, Throwable cause) {
    super(
        "%s was not granted in %.1f s; %s"
            .formatted(
                statement,
                waited.toMillis() / 1000.0,
                blockers.isEmpty()
                    // The server does not say who holds a metadata lock unless a plugin is loaded.
                    ? "no statement was running, so an idle session holds it off: another backup,"
                        + " LOCK TABLES, or a connection that forgot them"
                    : "running meanwhile: " + blockers),
        cause);
  }
}
