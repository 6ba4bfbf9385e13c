package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.binlog.BinlogFormatException;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.DumpEnd;
import dev.snapshotjobs.common.mariadb.DumpMode;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// How a log begins, and when, by the server's clock.
///
/// @param begun when the server began it; it had closed the log before by then
/// @param firstTransaction what the first transaction says of its time, which a client may have set
record LogBeginning(LogHead head, Instant begun, Optional<Instant> firstTransaction) {

  /// When the first of its transactions was logged, as far as that can be: in the log, and not in
  /// the future. Empty if it has none.
  Optional<Instant> oldestTransaction(Instant now) {
    return firstTransaction.map(
        stated -> stated.isBefore(begun) || stated.isAfter(now) ? begun : stated);
  }

  /// Reads up to the first transaction of the log.
  static LogBeginning read(MariaDbConnector connector, String log)
      throws SQLException, IOException {
    BeginningSink sink = new BeginningSink(log);
    DumpEnd end;
    try {
      end =
          new BinlogDump(connector)
              .read(new BinlogCoordinates(log, 0), new DumpMode.ToTheEnd(), sink);
    } catch (BinlogFormatException e) {
      throw LogReading.damaged(new LogName(log), e);
    }
    return switch (end) {
      case DumpEnd.Stopped _, DumpEnd.CaughtUp _ -> sink.beginning();
      case DumpEnd.Purged _ ->
          throw JobException.failed(
              ArchiverReason.LOGS_CHANGED,
              "the server does not have " + log + " any more",
              "run again, which finds its place anew");
      case DumpEnd.Torn _,
          DumpEnd.NoEventHere _,
          DumpEnd.Displaced _,
          DumpEnd.Unreadable _,
          DumpEnd.Lost _ ->
          throw LogReading.notRead(new LogName(log), end);
    };
  }
}
