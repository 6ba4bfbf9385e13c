package dev.snapshotjobs.common.mariadb;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The binary logs that a server has.
public final class BinaryLogs {
  private BinaryLogs() {}

  /// Lists them, the oldest first; the last is the one that is being written. Needs BINLOG MONITOR.
  public static List<BinlogFile> list(Connection connection) throws SQLException {
    List<BinlogFile> logs = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
      while (row.next()) {
        UnsupportedBinlogException.refuseIfManagedByInnodb(row.getString(1));
        logs.add(BinlogFile.of(row.getString(1), row.getLong(2)));
      }
    } catch (SQLException e) {
      throw MissingGrantException.explain(e, "BINLOG MONITOR", "SHOW BINARY LOGS");
    }
    Collections.sort(logs);
    return logs;
  }

  /// Where the server stands. Needs BINLOG MONITOR.
  public static BinlogCoordinates end(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINLOG STATUS")) {
      if (!row.next()) {
        throw new SQLException("the server says that it has no binary log");
      }
      return new BinlogCoordinates(row.getString(1), row.getLong(2));
    } catch (SQLException e) {
      throw MissingGrantException.explain(e, "BINLOG MONITOR", "SHOW BINLOG STATUS");
    }
  }
}
