package dev.snapshotjobs.demo;

import dev.snapshotjobs.sandbox.MariaDbServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// What a server holds of the table that somebody drops.
///
/// @param checksum of all rows, as the server computes it
record Invoices(long rows, long checksum) {
  static final String TABLE = "shop.invoices";

  /// Fills the table after the snapshot, so that it is in the logs alone.
  static void write(MariaDbServer server) throws SQLException {
    execute(
        server,
        "CREATE TABLE shop.invoices (id INT PRIMARY KEY, amount DECIMAL(8,2))",
        "INSERT INTO shop.invoices SELECT seq, seq * 1.19 FROM seq_1_to_500",
        "UPDATE shop.invoices SET amount = amount * 2 WHERE id % 7 = 0",
        "DELETE FROM shop.invoices WHERE id % 100 = 0");
  }

  static void drop(MariaDbServer server) throws SQLException {
    execute(server, "DROP TABLE shop.invoices");
  }

  static Invoices in(MariaDbServer server) throws SQLException {
    return new Invoices(
        number(server, "SELECT 'rows', COUNT(*) FROM shop.invoices"),
        number(server, "CHECKSUM TABLE shop.invoices"));
  }

  /// In the second column.
  private static long number(MariaDbServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(2);
    }
  }

  private static void execute(MariaDbServer server, String... statements) throws SQLException {
    try (Connection connection = server.connect("shop");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  @Override
  public String toString() {
    return "%,d rows, checksum %d".formatted(rows, checksum);
  }
}
