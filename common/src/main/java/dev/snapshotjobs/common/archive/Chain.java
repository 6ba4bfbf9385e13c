package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;
import java.util.List;

/// Logs of a timeline that follow each other without anything missing between: each begins in the
/// state in which the one before it ends, but for domains that the server was told to forget.
///
/// @param logs in order, at least one; all are sealed, or archived as far as the next begins
public record Chain(TimelineId timeline, List<ArchivedLog> logs, ChainEnd end) {
  public Chain {
    logs = List.copyOf(logs);
    if (logs.isEmpty()) {
      throw new IllegalArgumentException("a chain has at least one log");
    }
  }

  /// Before the first transaction of it.
  public GtidState start() {
    return logs.getFirst().content().start();
  }

  /// After the last whole transaction of it.
  public GtidState endState() {
    return logs.getLast().content().end();
  }
}
