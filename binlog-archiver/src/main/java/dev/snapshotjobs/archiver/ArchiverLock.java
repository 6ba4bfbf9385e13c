package dev.snapshotjobs.archiver;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The server's own lock that keeps a second archiver from doing the same work. It saves work and
/// nothing else: what makes two archivers harmless is that no write overwrites another.
///
/// The server lets go of it when the connection ends.
final class ArchiverLock {
  private static final String NAME = "mariadb-snapshot-jobs.archiver";

  private ArchiverLock() {}

  /// Whether it was free.
  static boolean take(Connection connection) throws SQLException {
    return "1".equals(ask(connection, "SELECT GET_LOCK(?, 0)"));
  }

  /// The connection that has it, as a person would look for it.
  static String holder(Connection connection) throws SQLException {
    String id = ask(connection, "SELECT IS_USED_LOCK(?)");
    return id == null ? "a connection that has just ended" : "connection " + id + " of the server";
  }

  private static @Nullable String ask(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, NAME);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
