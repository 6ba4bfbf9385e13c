package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Purges the oldest log of a server, if it still is the one that is meant.
///
/// `PURGE` knows logs by name alone, and names come back after a RESET MASTER. So the log's head is
/// compared, then the list of logs, and the next statement on the same connection purges. Between
/// these two somebody would have to reset the logs and begin as many as it takes to have the name
/// of the log that stays; the logs lost would be closed ones that were begun within that moment.
final class OldestLog {
  private static final int NO_SUCH_LOG = 1373; // ER_UNKNOWN_TARGET_BINLOG

  /// The server ends a connection that we have aborted when it next writes to it.
  private static final Duration OWN_DUMPS_END = Duration.ofSeconds(10);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  /// A log, and how it begins.
  record Known(BinlogFile file, LogHead head) {}

  private final Connection control;
  private final MariaDbConnector connector;
  private final Run run;

  OldestLog(Connection control, MariaDbConnector connector, Run run) {
    this.control = control;
    this.connector = connector;
    this.run = run;
  }

  /// Purges it. The connection has the archivers' lock: if it is lost, nothing is purged.
  ///
  /// @param oldest what is to go
  /// @param next the log that comes after it
  /// @return why the server did not do it; empty if it did
  Optional<String> purge(Known oldest, BinlogFile next)
      throws SQLException, IOException, InterruptedException {
    LogBeginning beginning = LogBeginning.read(connector, oldest.file().name());
    if (!beginning.head().equals(oldest.head())) {
      throw changed(oldest.file().name() + " begins differently now");
    }
    awaitOwnDumps();
    List<BinlogFile> before = BinaryLogs.list(control);
    boolean same =
        before.size() > PurgePlan.NEWEST
            && before.get(0).equals(oldest.file())
            && before.get(1).equals(next);
    if (!same) {
      throw changed("its oldest log is %s now".formatted(described(before.getFirst())));
    }
    List<String> said = purgeUpTo(next);
    BinlogFile first = BinaryLogs.list(control).getFirst();
    if (first.equals(oldest.file())) {
      return Optional.of(
          said.isEmpty()
              ? oldest.file().name() + " is still there, without a reason"
              : String.join("; ", said));
    }
    if (!first.equals(next)) {
      throw changed(
          "after %s was purged its oldest log is %s, and not %s"
              .formatted(oldest.file().name(), described(first), described(next)));
    }
    return Optional.empty();
  }

  /// A server does not purge a log that is being sent, be it to us.
  private void awaitOwnDumps() throws SQLException, InterruptedException {
    long end = System.nanoTime() + OWN_DUMPS_END.toNanos();
    while (Replicas.connected(control).own() > 0 && System.nanoTime() < end) {
      run.stop().pause(BETWEEN_LOOKS);
    }
  }

  private List<String> purgeUpTo(BinlogFile log) throws SQLException {
    List<String> said = new ArrayList<>();
    try (Statement statement = control.createStatement()) {
      statement.execute("PURGE BINARY LOGS TO '" + log.name().replace("'", "''") + "'");
      for (SQLWarning warning = statement.getWarnings();
          warning != null;
          warning = warning.getNextWarning()) {
        said.add(warning.getMessage());
      }
      return said;
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_LOG) {
        throw changed(log.name() + " is gone");
      }
      throw e;
    }
  }

  private static String described(BinlogFile log) {
    return "%s with %d bytes".formatted(log.name(), log.size());
  }

  private static JobException changed(String how) {
    return JobException.failed(
        ArchiverReason.LOGS_CHANGED,
        "the server's logs were reset or purged by somebody else while some were to be purged: "
            + how,
        "run again, which finds its place anew");
  }
}
