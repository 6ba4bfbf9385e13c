package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// How the logs of a server begin, each asked for once: what was read stands until these are
/// forgotten.
final class Beginnings implements Locator.Heads {
  private final Map<String, LogBeginning> known = new HashMap<>();
  private final MariaDbConnector connector;

  Beginnings(MariaDbConnector connector) {
    this.connector = connector;
  }

  LogBeginning beginning(String log) throws SQLException, IOException {
    LogBeginning found = known.get(log);
    if (found == null) {
      found = LogBeginning.read(connector, log);
      known.put(log, found);
    }
    return found;
  }

  @Override
  public LogHead of(String log) throws SQLException, IOException {
    return beginning(log).head();
  }
}
