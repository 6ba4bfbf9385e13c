package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.mariadb.RunningStatements;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a server about itself; changes nothing, and asks only what its account may see.
final class ServerInspection {
  private static final Pattern GLOBAL_GRANT = Pattern.compile("GRANT (.+?) ON \\*\\.\\* TO .*");
  private static final Pattern DIRECTORY_OPTION =
      Pattern.compile("(?:DATA|INDEX) DIRECTORY='([^']*)'");

  /// As `SHOW GRANTS` calls REPLICA MONITOR.
  static final String SEES_REPLICATION = "SLAVE MONITOR";

  private final Connection connection;

  ServerInspection(Connection connection) {
    this.connection = connection;
  }

  /// @param longStatement from which age on a running statement is worth a warning
  ServerFacts facts(Duration longStatement) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // information_schema waits for a table that is being changed, for a day; without that it
      // tells
      // of one whose engine it does not know.
      statement.execute("SET SESSION lock_wait_timeout = 0");
    }
    Map<String, String> variables = new HashMap<>();
    readPairs("SHOW GLOBAL VARIABLES", variables);
    if (Preflight.unfit(variables).isPresent()) {
      // What comes now it may not even understand.
      return new ServerFacts(
          variables, Set.of(), "", new ServerFacts.Replication.None(), List.of(), List.of(), "");
    }
    readEncryptionPlugin(variables);
    Set<String> privileges = globalPrivileges();
    if (privileges.contains("BINLOG MONITOR")) {
      readBinlogFilters(variables);
    }
    return new ServerFacts(
        variables,
        privileges,
        account(),
        replication(variables, privileges),
        engines(),
        privileges.contains("PROCESS") ? dataFiles() : List.of(),
        RunningStatements.longerThan(connection, longStatement, -1));
  }

  private ServerFacts.Replication replication(Map<String, String> variables, Set<String> privileges)
      throws SQLException {
    if (privileges.contains(SEES_REPLICATION)) {
      List<ServerFacts.Channel> channels = channels();
      return channels.isEmpty()
          ? new ServerFacts.Replication.None()
          : new ServerFacts.Replication.Replica(channels);
    }
    Map<String, String> status = new HashMap<>();
    readPairs("SHOW GLOBAL STATUS LIKE 'Slaves_running'", status);
    boolean running = !status.getOrDefault("Slaves_running", "0").equals("0");
    return running || !variables.getOrDefault("gtid_slave_pos", "").isEmpty()
        ? new ServerFacts.Replication.Hidden(running)
        : new ServerFacts.Replication.None();
  }

  private List<ServerFacts.Channel> channels() throws SQLException {
    List<ServerFacts.Channel> channels = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW ALL SLAVES STATUS")) {
      while (row.next()) {
        String behind = row.getString("Seconds_Behind_Master");
        channels.add(
            new ServerFacts.Channel(
                row.getString("Connection_name"),
                row.getString("Slave_SQL_Running").equals("Yes"),
                Optional.ofNullable(behind).map(Long::valueOf).map(Duration::ofSeconds),
                row.getString("Last_SQL_Error") + row.getString("Last_IO_Error")));
      }
    }
    return channels;
  }

  /// The filters are no variables before 11.7; this statement has told them always.
  private void readBinlogFilters(Map<String, String> into) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINLOG STATUS")) {
      if (row.next()) {
        into.put("binlog_do_db", row.getString("Binlog_Do_DB"));
        into.put("binlog_ignore_db", row.getString("Binlog_Ignore_DB"));
      }
    }
  }

  /// No variable tells it; there is at most one.
  private void readEncryptionPlugin(Map<String, String> into) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT PLUGIN_NAME FROM information_schema.PLUGINS
                WHERE PLUGIN_TYPE = 'ENCRYPTION' AND PLUGIN_STATUS = 'ACTIVE'
                """)) {
      if (row.next()) {
        into.put(SnapshotKeys.ENCRYPTION_PLUGIN, row.getString(1));
      }
    }
  }

  /// Reads `SHOW GRANTS`, which includes what active roles give; its text may hold a password hash
  /// and goes no further than here.
  private Set<String> globalPrivileges() throws SQLException {
    Set<String> privileges = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW GRANTS")) {
      while (row.next()) {
        Matcher grant = GLOBAL_GRANT.matcher(row.getString(1));
        if (grant.matches()) {
          privileges.addAll(List.of(grant.group(1).split(", ")));
        }
      }
    }
    if (privileges.contains("ALL PRIVILEGES")) {
      privileges.addAll(
          List.of("RELOAD", "BINLOG MONITOR", "PROCESS", "REFERENCES", SEES_REPLICATION));
    }
    return privileges;
  }

  private List<ServerFacts.EngineUse> engines() throws SQLException {
    List<ServerFacts.EngineUse> engines = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT COALESCE(ENGINE, 'unknown') AS ENGINE, COUNT(*),
                  MIN(CONCAT(TABLE_SCHEMA, '.', TABLE_NAME))
                FROM information_schema.TABLES
                WHERE TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW')
                  AND TABLE_SCHEMA NOT IN
                    ('information_schema', 'performance_schema', 'sys', 'mysql')
                GROUP BY 1 ORDER BY 1
                """)) {
      while (row.next()) {
        engines.add(new ServerFacts.EngineUse(row.getString(1), row.getLong(2), row.getString(3)));
      }
    }
    return engines;
  }

  /// InnoDB names the file of each tablespace; for other engines the table says it.
  private List<String> dataFiles() throws SQLException {
    List<String> files = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery(
              """
              SELECT FILENAME FROM information_schema.INNODB_SYS_TABLESPACES
              WHERE FILENAME NOT LIKE './%'
              """)) {
        while (row.next()) {
          files.add(row.getString(1));
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              """
              SELECT CREATE_OPTIONS FROM information_schema.TABLES
              WHERE CREATE_OPTIONS LIKE '%DIRECTORY=%'
              """)) {
        while (row.next()) {
          Matcher option = DIRECTORY_OPTION.matcher(row.getString(1));
          while (option.find()) {
            files.add(option.group(1));
          }
        }
      }
    }
    return files;
  }

  /// As a GRANT statement spells it.
  private String account() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
      row.next();
      String account = row.getString(1);
      int at = account.lastIndexOf('@');
      return "'" + account.substring(0, at) + "'@'" + account.substring(at + 1) + "'";
    }
  }

  private void readPairs(String sql, Map<String, String> into) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        into.put(row.getString(1), String.valueOf(row.getString(2)));
      }
    }
  }
}
