package dev.snapshotjobs.e2e;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A connection to a server that runs one statement after the other.
record Session(Connection connection) implements AutoCloseable {

  void run(String... statements) throws SQLException {
    run(List.of(statements));
  }

  void run(List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /// The first row, column by column.
  List<String> ask(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      if (!row.next()) {
        throw new SQLException("no row for " + sql);
      }
      String[] columns = new String[row.getMetaData().getColumnCount()];
      for (int column = 0; column < columns.length; column++) {
        columns[column] = String.valueOf(row.getString(column + 1));
      }
      return List.of(columns);
    }
  }

  /// The log that is being written.
  String log() throws SQLException {
    return ask("SHOW BINLOG STATUS").getFirst();
  }

  /// Begins a new log and names the one that was closed by it.
  String rotate() throws SQLException {
    String closed = log();
    run("FLUSH BINARY LOGS");
    return closed;
  }

  /// Returns when the server is going, or gone.
  void awaitItsEnd() {
    try {
      run("SELECT SLEEP(110)");
    } catch (SQLException gone) {
      return;
    }
    throw new AssertionError("the server does not end");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
