package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.job.StopSignal;
import java.io.IOException;

/// Reads one log that a plan takes, up to an offset.
final class LogInspection implements LogReader.Sink {
  private final StopSignal stop;
  private final long end;
  private final LogScan scan;
  private boolean wanted = true;

  /// @param end of what the plan takes
  LogInspection(StopSignal stop, ReplayObstacles obstacles, long end) {
    this.stop = stop;
    this.end = end;
    this.scan = new LogScan(LogSearch.STATEMENT, (event, _) -> on(event, obstacles));
  }

  private void on(Event event, ReplayObstacles obstacles) {
    wanted = event.header().offset() < end;
    if (wanted) {
      obstacles.accept(event);
    }
  }

  @Override
  public void accept(byte[] bytes, int from, int length) throws IOException {
    stop.throwIfRequested();
    scan.accept(bytes, from, length);
  }

  @Override
  public boolean wantsMore() {
    return wanted;
  }

  /// Fails unless it was all of the log, and what its document says of it.
  void requireAllOf(ArchivedLog log) throws IOException {
    boolean same =
        scan.offset() == log.content().size()
            && scan.summary().sha256().equals(log.content().sha256())
            && scan.state().equals(log.content().end());
    if (!same) {
      throw new IOException(
          "%s is not the log that its document describes: it ends at %d in %s, not at %d in %s"
              .formatted(
                  log.log(),
                  scan.offset(),
                  scan.state(),
                  log.content().size(),
                  log.content().end()));
    }
  }
}
