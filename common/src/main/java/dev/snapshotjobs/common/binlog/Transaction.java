package dev.snapshotjobs.common.binlog;

import java.time.Instant;

/// One transaction as a log has it, an event group in MariaDB's words: a GTID event and all that
/// belongs to it. Half of a distributed one too: its preparation and its end have a GTID each.
///
/// @param offset where its GTID event begins
/// @param end where its last event ends
/// @param began the time of its GTID event: when its statement began, or its commit
/// @param ended the time of its last event
public record Transaction(
    EventBody.GtidBegin begin, long offset, long end, Instant began, Instant ended, Ending ending) {

  public enum Ending {
    /// Committed in an engine that can roll back.
    XID,
    COMMIT,
    /// What it changed in engines that cannot roll back stays.
    ROLLBACK,
    XA_PREPARE,
    /// It is one statement, which is over.
    STATEMENT
  }

  public Gtid gtid() {
    return begin.gtid();
  }
}
