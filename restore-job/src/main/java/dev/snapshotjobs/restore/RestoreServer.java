package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
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

/// The server of a restore, which nobody else can reach. Not for several threads.
final class RestoreServer implements AutoCloseable {
  private static final String USER = "mariadb-snapshot-jobs-restore";

  /// The server makes it at its start, and it is dropped in the end.
  static final String ACCOUNT = "'" + USER + "'@'127.0.0.1'";

  private static final Duration READ_TIMEOUT = Duration.ofHours(12);

  /// Where a connection of replication stands.
  ///
  /// @param relayLog the number in the name of the relay log
  record Applier(boolean running, int relayLog, long offset, int errno, String error) {}

  private final Connection connection;

  private RestoreServer(Connection connection) {
    this.connection = connection;
  }

  static MariaDbConnector connector(String host, int port, String password) {
    return new MariaDbConnector(
        host, port, USER, Optional.of(Secret.of(password)), TlsMode.DISABLED, Optional.empty());
  }

  static RestoreServer connect(MariaDbConnector connector) throws SQLException {
    RestoreServer server = new RestoreServer(connector.open(READ_TIMEOUT));
    server.run(
        "SET SESSION sql_log_bin = 0, SESSION lock_wait_timeout = 30, SESSION sql_mode = '', SESSION wait_timeout = 31536000");
    return server;
  }

  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String ask(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  Connection connection() {
    return connection;
  }

  /// A mark that a server loses when it ends, and by which it is known again; harmless, because
  /// nobody but us connects to it.
  String token() throws SQLException {
    return ask("SELECT @@GLOBAL.init_connect");
  }

  void setToken(String token) throws SQLException {
    run("SET GLOBAL init_connect = '" + token + "'");
  }

  /// Takes the server to where its data are, so that a replay can begin.
  void beginAt(GtidState state) throws SQLException {
    run("RESET MASTER");
    run("SET GLOBAL gtid_slave_pos = '" + state.position() + "'");
  }

  void ignoreTables(List<String> tables) throws SQLException {
    run("SET GLOBAL replicate_ignore_table = '" + quoted(String.join(",", tables)) + "'");
  }

  void readRelayLogs(RelayLogFolder folder, String firstLog) throws SQLException {
    run(
        """
        CHANGE MASTER TO master_host = '127.0.0.1', master_user = 'nobody',
          master_log_file = '%s', master_log_pos = 4,
          relay_log_file = '%s', relay_log_pos = 4, master_use_gtid = no
        """
            .formatted(quoted(firstLog), folder.name(1)));
  }

  void applyUpTo(RelayLogFolder folder, int relayLog, long offset) throws SQLException {
    run(
        "START SLAVE SQL_THREAD UNTIL relay_log_file = '%s', relay_log_pos = %d"
            .formatted(folder.name(relayLog), offset));
  }

  /// Empty as long as it has none.
  Optional<Applier> applier() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW SLAVE STATUS")) {
      if (!row.next() || row.getString("Relay_Log_File").isEmpty()) {
        return Optional.empty();
      }
      String file = row.getString("Relay_Log_File");
      return Optional.of(
          new Applier(
              !row.getString("Slave_SQL_Running").equals("No"),
              Integer.parseInt(file.substring(file.lastIndexOf('.') + 1)),
              row.getLong("Relay_Log_Pos"),
              row.getInt("Last_SQL_Errno"),
              row.getString("Last_SQL_Error")));
    }
  }

  /// What the time zone of the machine is called, now and in winter and summer: a server has the
  /// one of its start.
  Set<String> systemTimeZones() throws SQLException {
    Set<String> names = new HashSet<>();
    names.add(ask("SELECT @@GLOBAL.system_time_zone"));
    for (String season : List.of("2026-01-01", "2026-07-01")) {
      names.add(
          ask("SET STATEMENT time_zone = 'SYSTEM' FOR SELECT DATE_FORMAT('" + season + "', '%Z')"));
    }
    return names;
  }

  GtidPosition position() throws SQLException {
    return GtidPosition.parse(ask("SELECT @@GLOBAL.gtid_slave_pos"));
  }

  /// The rows of these cannot be followed: they are not in the data, or not on this server. The
  /// server says NULL for an engine that it has not loaded.
  List<String> tablesWithoutRows() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.TABLES
                WHERE TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE')
                  AND TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'sys', 'mysql')
                  AND (ENGINE IN ('MEMORY', 'FEDERATED', 'SPIDER', 'CONNECT', 'S3')
                    OR (ENGINE IS NULL AND TABLE_COMMENT LIKE 'Unknown storage engine%'))
                ORDER BY 1
                """)) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  Map<EventStatuses.Name, EventStatuses.Status> events() throws SQLException {
    Map<EventStatuses.Name, EventStatuses.Status> events = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT db, name, status FROM mysql.event")) {
      while (row.next()) {
        events.put(
            new EventStatuses.Name(row.getString(1), row.getString(2)),
            EventStatuses.Status.valueOf(row.getString(3)));
      }
    }
    return events;
  }

  /// Not by ALTER EVENT, which would make the account of this connection its definer.
  void setEvent(EventStatuses.Name name, EventStatuses.Status status, long serverId)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE mysql.event SET status = ?, originator = ? WHERE LOWER(db) = ? AND LOWER(name) = ?")) {
      update.setString(1, status.name());
      update.setLong(2, serverId);
      update.setString(3, name.database());
      update.setString(4, name.event());
      update.executeUpdate();
    }
  }

  /// Ends the replay, with all that a server keeps of it.
  void forgetReplay() throws SQLException {
    run("STOP SLAVE");
    run("RESET SLAVE ALL");
    run("SET GLOBAL replicate_ignore_table = ''");
    run("SET GLOBAL gtid_slave_pos = ''");
  }

  /// Lets the server go on with a history of its own.
  void beginHistory(GtidState state) throws SQLException {
    run("RESET MASTER");
    run("SET GLOBAL gtid_binlog_state = '" + state + "'");
  }

  /// The oldest binary log that it has.
  String firstLog() throws SQLException {
    return ask("SHOW BINARY LOGS");
  }

  /// From here on a death of the server loses nothing.
  void becomeDurable() throws SQLException {
    run("SET GLOBAL innodb_flush_log_at_trx_commit = 1, GLOBAL sync_binlog = 1");
    run("FLUSH NO_WRITE_TO_BINLOG TABLES");
    run("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS");
  }

  void dropAccount() throws SQLException {
    run("SET GLOBAL init_connect = ''");
    run("DROP USER IF EXISTS " + ACCOUNT);
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("'", "''");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
