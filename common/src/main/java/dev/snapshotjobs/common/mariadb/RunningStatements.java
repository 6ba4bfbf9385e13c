package dev.snapshotjobs.common.mariadb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The statements that a server is working on, told without the data in them.
public final class RunningStatements {
  private static final int SHOWN = 5;
  private static final int LENGTH = 80;

  private RunningStatements() {}

  /// Names what has run for longer than the given time, oldest first, as one line; empty if
  /// nothing. Needs PROCESS to see the sessions of others.
  public static String longerThan(Connection connection, Duration age, long exceptConnectionId)
      throws SQLException {
    List<String> lines = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT ID, USER, TIME_MS, LEFT(INFO, 1000) AS INFO FROM information_schema.PROCESSLIST
            WHERE COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump') AND INFO IS NOT NULL
              AND TIME_MS >= ? AND ID NOT IN (CONNECTION_ID(), ?)
            ORDER BY TIME_MS DESC
            """)) {
      statement.setLong(1, age.toMillis());
      statement.setLong(2, exceptConnectionId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (lines.size() == SHOWN) {
            lines.add("and more");
            break;
          }
          lines.add(
              "connection %d of %s for %.1f s: %s"
                  .formatted(
                      row.getLong("ID"),
                      row.getString("USER"),
                      row.getDouble("TIME_MS") / 1000,
                      withoutData(row.getString("INFO"))));
        }
      }
    }
    return String.join("; ", lines);
  }

  /// Literals are the customers' data and do not belong in a log.
  static String withoutData(String sql) {
    String shape =
        sql.replaceAll("'(?:[^'\\\\]++|\\\\.|'')*+'?|\"(?:[^\"\\\\]++|\\\\.|\"\")*+\"?", "?")
            .replaceAll("\\b0x[0-9a-fA-F]+\\b|\\b\\d+(?:\\.\\d+)?\\b", "?")
            .replaceAll("\\s+", " ")
            .strip();
    return shape.length() <= LENGTH ? shape : shape.substring(0, LENGTH) + "…";
  }
}
