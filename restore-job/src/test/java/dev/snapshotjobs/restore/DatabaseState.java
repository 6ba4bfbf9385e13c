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
/// triggers, events with their definers and whether they run, accounts with their rights and roles,
/// and distributed transactions that wait.
record DatabaseState(Map<String, String> parts) {
  private static final Map<String, String> PARTS =
      Map.of(
          "databases",
          "SELECT CONCAT_WS(' ', SCHEMA_NAME, DEFAULT_COLLATION_NAME) FROM"
              + " information_schema.SCHEMATA",
          "events",
          "SELECT CONCAT_WS(' ', name, status, definer, body, comment, sql_mode, time_zone, starts)"
              + " FROM mysql.event",
          "routines",
          "SELECT CONCAT_WS(' ', name, type, definer, security_type, sql_mode,"
              + " character_set_client, CAST(param_list AS CHAR), body) FROM mysql.proc WHERE db ="
              + " 'many'",
          "triggers",
          "SELECT CONCAT_WS(' ', TRIGGER_NAME, DEFINER, SQL_MODE, ACTION_STATEMENT) FROM"
              + " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'many'",
          "accounts",
          "SELECT CONCAT_WS(' ', User, Host, JSON_REMOVE(Priv, '$.password_last_changed')) FROM"
              + " mysql.global_priv",
          "rights on databases",
          "SELECT CONCAT_WS(' ', User, Host, Db, Select_priv, Drop_priv, Execute_priv) FROM mysql.db",
          "rights on tables",
          "SELECT CONCAT_WS(' ', User, Host, Table_name, Grantor, Table_priv, Column_priv) FROM"
              + " mysql.tables_priv",
          "rights on columns",
          "SELECT CONCAT_WS(' ', User, Host, Table_name, Column_name, Column_priv) FROM"
              + " mysql.columns_priv",
          "rights on routines",
          "SELECT CONCAT_WS(' ', User, Host, Routine_name, Grantor, Proc_priv) FROM mysql.procs_priv",
          "roles",
          "SELECT CONCAT_WS(' ', User, Host, Role, Admin_option) FROM mysql.roles_mapping");

  static DatabaseState of(Connection connection) throws SQLException {
    Map<String, String> parts = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      for (String table :
          rows(
              statement,
              "SELECT CONCAT('`', TABLE_SCHEMA, '`.`', REPLACE(TABLE_NAME, '`', '``'), '`') FROM"
                  + " information_schema.TABLES WHERE TABLE_SCHEMA IN ('many', 'also-ü')"
                  + " AND TABLE_NAME <> 'unlogged'")) {
        parts.put(
            "table " + table,
            rows(statement, "SHOW CREATE TABLE " + table, 2)
                    .getFirst()
                    .replaceAll(" AUTO_INCREMENT=\\d+", "")
                + rows(statement, "CHECKSUM TABLE " + table, 2));
      }
      for (String sequence :
          rows(
              statement,
              "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'many' AND"
                  + " TABLE_TYPE = 'SEQUENCE'")) {
        parts.put(
            "sequence " + sequence,
            rows(statement, "SELECT next_not_cached_value FROM many." + sequence).toString());
      }
      for (Map.Entry<String, String> part : PARTS.entrySet()) {
        parts.put(part.getKey(), rows(statement, part.getValue() + " ORDER BY 1").toString());
      }
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
