package dev.snapshotjobs.restore;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All that somebody would miss of a database: tables with their rows, sequences, views, routines,
/// triggers, events with their definers and whether they run, accounts, and distributed
/// transactions that wait.
record DatabaseState(Map<String, String> parts) {
  static DatabaseState of(Connection connection) throws SQLException {
    Map<String, String> parts = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      for (String table :
          rows(
              statement,
              "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'many'")) {
        parts.put(
            "table " + table,
            rows(statement, "SHOW CREATE TABLE many.`" + table + "`", 2)
                    .getFirst()
                    .replaceAll(" AUTO_INCREMENT=\\d+", "")
                + rows(statement, "CHECKSUM TABLE many.`" + table + "`", 2));
      }
      parts.put(
          "sequence", rows(statement, "SELECT next_not_cached_value FROM many.numbers").toString());
      parts.put(
          "events",
          rows(
                  statement,
                  "SELECT CONCAT_WS(' ', name, status, definer, body, comment) FROM mysql.event ORDER BY 1")
              .toString());
      parts.put(
          "routines",
          rows(
                  statement,
                  "SELECT CONCAT_WS(' ', name, definer, body) FROM mysql.proc WHERE db = 'many' ORDER BY 1")
              .toString());
      parts.put(
          "triggers",
          rows(
                  statement,
                  "SELECT CONCAT_WS(' ', TRIGGER_NAME, DEFINER, ACTION_STATEMENT) FROM"
                      + " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'many' ORDER BY 1")
              .toString());
      parts.put(
          "accounts",
          rows(
                  statement,
                  "SELECT CONCAT_WS(' ', g.User, g.Host, json_value(Priv, '$.authentication_string'),"
                      + " d.Select_priv, d.Drop_priv) FROM mysql.global_priv g LEFT JOIN mysql.db d"
                      + " ON d.User = g.User ORDER BY 1")
              .toString());
      parts.put("prepared", rows(statement, "XA RECOVER", 4).toString());
    }
    return new DatabaseState(parts);
  }

  private static List<String> rows(Statement statement, String sql) throws SQLException {
    return rows(statement, sql, 1);
  }

  private static List<String> rows(Statement statement, String sql, int column)
      throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(String.valueOf(row.getString(column)));
      }
    }
    return rows;
  }
}
