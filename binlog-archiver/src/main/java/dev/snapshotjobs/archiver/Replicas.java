package dev.snapshotjobs.archiver;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The connections through which a server sends its logs at this moment. A replica that is away is
/// not among them, and nobody can know of it; nor does the server say which log each one reads.
///
/// @param others those of other accounts; without PROCESS they cannot be seen
/// @param own those of this account, among them our own that the server has yet to end
record Replicas(int others, int own) {
  private static final String QUESTION =
      """
      SELECT COALESCE(SUM(USER <> SUBSTRING_INDEX(USER(), '@', 1)), 0),
             COALESCE(SUM(USER = SUBSTRING_INDEX(USER(), '@', 1)), 0)
      FROM information_schema.PROCESSLIST
      WHERE COMMAND LIKE 'Binlog Dump%'
      """;

  static Replicas connected(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUESTION)) {
      row.next();
      return new Replicas(row.getInt(1), row.getInt(2));
    }
  }

  /// How many the server wants to be connected before it purges by itself; servers before 11.4 have
  /// no such setting. It does not apply that to `PURGE` (measured on 11.4 and 11.8): we do.
  static int needed(ServerFacts facts) {
    String setting = facts.variable("slave_connections_needed_for_purge");
    return setting.isEmpty() ? 0 : Integer.parseInt(setting);
  }

  /// The archiver counts as one of them, as it does for the server while it reads.
  boolean suffice(int needed) {
    return others + 1 >= needed;
  }
}
