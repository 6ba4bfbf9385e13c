package dev.snapshotjobs.archiver;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The settings of a server that matter for its archive.
record ServerFacts(Map<String, String> variables) {
  /// An archiver that fails in the evening is looked at in the morning.
  private static final Duration SHORT = Duration.ofDays(1);

  private static final String QUESTION =
      """
      SHOW GLOBAL VARIABLES WHERE variable_name IN
        ('version', 'server_id', 'log_bin', 'encrypt_binlog', 'binlog_checksum', 'expire_logs_days',
         'binlog_expire_logs_seconds', 'max_binlog_total_size',
         'slave_connections_needed_for_purge', 'binlog_do_db', 'binlog_ignore_db')
      """;

  ServerFacts {
    variables = Map.copyOf(variables);
  }

  static ServerFacts read(Connection connection) throws SQLException {
    Map<String, String> variables = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUESTION)) {
      while (row.next()) {
        variables.put(
            row.getString(1).toLowerCase(Locale.ROOT),
            Objects.requireNonNullElse(row.getString(2), ""));
      }
    }
    return new ServerFacts(variables);
  }

  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  boolean logs() {
    return variable("log_bin").equals("ON");
  }

  long serverId() {
    return Long.parseLong(variable("server_id"));
  }

  boolean encrypts() {
    return variable("encrypt_binlog").equals("ON");
  }

  /// How long the server keeps a log; zero for as long as nobody purges it. Servers since 10.6 have
  /// one setting under two names.
  private Duration keptByItself() {
    String seconds = variable("binlog_expire_logs_seconds");
    return seconds.isEmpty()
        ? Duration.ofSeconds((long) (86_400 * number(variable("expire_logs_days"))))
        : Duration.ofSeconds(Long.parseLong(seconds));
  }

  private static double number(String text) {
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  /// What of these settings may lose what is not archived yet, or show what is hidden.
  List<String> risks(boolean encryptedAtRest) {
    List<String> risks = new ArrayList<>();
    if (encrypts() && !encryptedAtRest) {
      risks.add(
          "encrypt_binlog=ON: the server sends its logs decrypted, and S3_SSE does not ask the store"
              + " to encrypt them");
    }
    Duration kept = keptByItself();
    if (!kept.isZero() && kept.compareTo(SHORT) < 0) {
      risks.add(
          "binlog_expire_logs_seconds=%d: the server purges logs by itself so soon, archived or not"
              .formatted(kept.toSeconds()));
    }
    if (!variable("max_binlog_total_size").matches("0?")) {
      risks.add(
          "max_binlog_total_size=%s: the server purges logs by itself, archived or not"
              .formatted(variable("max_binlog_total_size")));
    }
    return risks;
  }
}
