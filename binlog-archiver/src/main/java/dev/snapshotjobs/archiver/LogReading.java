package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.DumpEnd;
import dev.snapshotjobs.common.mariadb.DumpMode;
import dev.snapshotjobs.common.mariadb.DumpSink;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// Reads one log of the server from its first byte, as far as the server can.
record LogReading(MariaDbConnector connector, Run run) {

  /// A server with nothing new says so as often.
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /// Reads it to its end, or up to what the sink wants.
  ///
  /// @return what the server cannot read of it; empty if there is no such thing
  Optional<String> read(LogName log, DumpSink sink)
      throws SQLException, IOException, InterruptedException {
    return read(log, new DumpMode.ToTheEnd(), sink);
  }

  /// Reads it as it is written, for as long as the sink wants.
  ///
  /// @return what the server cannot read of it; empty if there is no such thing
  Optional<String> follow(LogName log, DumpSink sink)
      throws SQLException, IOException, InterruptedException {
    return read(log, new DumpMode.Following(HEARTBEAT), sink);
  }

  private Optional<String> read(LogName log, DumpMode mode, DumpSink sink)
      throws SQLException, IOException, InterruptedException {
    BinlogDump dump = new BinlogDump(connector);
    DumpEnd end;
    try (var _ = run.stop().onStop("end the reading of " + log, () -> abort(dump))) {
      end = dump.read(new BinlogCoordinates(log.text(), 0), mode, sink);
    }
    run.stop().throwIfRequested();
    return switch (end) {
      case DumpEnd.Stopped _, DumpEnd.CaughtUp _ -> Optional.empty();
      case DumpEnd.Torn(BinlogCoordinates at, String message) ->
          Optional.of("%s ends inside of an event at %d: %s".formatted(log, at.offset(), message));
      case DumpEnd.Unreadable(BinlogCoordinates at, int _, String message) ->
          Optional.of("%s cannot be read behind %d: %s".formatted(log, at.offset(), message));
      case DumpEnd.Purged _ ->
          throw JobException.failed(
              ArchiverReason.PURGED_MEANWHILE,
              "the server purged " + log + " while it was to be archived",
              "run again, which tells what is missing; and let the server keep its logs longer");
      case DumpEnd.NoEventHere _, DumpEnd.Displaced _, DumpEnd.Lost _ ->
          throw JobException.failed(
              ArchiverReason.DATABASE_UNREACHABLE,
              "the reading of " + log + " ended early: " + end,
              "run again when the server answers");
    };
  }

  private static void abort(BinlogDump dump) {
    try {
      dump.abort();
    } catch (SQLException e) {
      throw new IllegalStateException("the reading could not be ended", e);
    }
  }
}
