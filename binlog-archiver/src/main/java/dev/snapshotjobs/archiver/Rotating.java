package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the server begin a new log, so that this run seals the one that it was writing.
///
/// A server that begins a log also purges what its own settings let it purge, be it archived or
/// not. So it is told to only when every closed log is sealed; a run that finds others leaves the
/// rotation to a later one.
final class Rotating {
  private static final Logger LOG = LoggerFactory.getLogger(Rotating.class);

  private final RotateWhen when;
  private final Connection control;
  private final BucketArchive archive;
  private final Beginnings beginnings;
  private final Run run;

  Rotating(RotateWhen when, ServerSession server, BucketArchive archive, Run run) {
    this.when = when;
    this.control = server.control();
    this.archive = archive;
    this.beginnings = new Beginnings(server.connector());
    this.run = run;
  }

  /// The log that is to be closed; empty where none is.
  Optional<String> due() throws SQLException, IOException {
    List<BinlogFile> logs = BinaryLogs.list(control);
    String active = logs.getLast().name();
    Place place = new Locator(logs, beginnings, archive).locate();
    boolean allSealed =
        place instanceof Place.Continued continued && continued.next() == logs.size() - 1;
    if (!allSealed) {
      LOG.atInfo()
          .addKeyValue("log", active)
          .log("rotation is left to a later run: closed logs are not sealed yet");
      return Optional.empty();
    }
    // Only now: whoever is sent the newest log does not keep the server from purging older ones.
    LogBeginning beginning = beginnings.beginning(active);
    return when.isDue(beginning, run.clock().instant()) ? Optional.of(active) : Optional.empty();
  }

  void rotateIfDue() throws SQLException, IOException {
    Optional<String> due = due();
    if (due.isPresent()) {
      try (Statement statement = control.createStatement()) {
        // Without this word the server would log the statement itself.
        statement.execute("FLUSH NO_WRITE_TO_BINLOG BINARY LOGS");
      }
      LOG.atInfo().addKeyValue("log", due.get()).log("the server was told to begin another log");
    }
  }
}
