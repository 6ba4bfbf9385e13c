package dev.snapshotjobs.archiver;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The settings of a server that matter for its archive.
record ServerFacts(Map<String, String> variables) {
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

  /// What of these settings may lose what is not archived yet, or show what is hidden.
  List<String> risks(boolean encryptedAtRest) {
    List<String> risks = new ArrayList<>();
    if (encrypts() && !encryptedAtRest) {
      risks.add(
          "encrypt_binlog=ON: the server sends its logs decrypted, and S3_SSE does not ask the store"
              + " to encrypt them");
    }
    for (String limit :
        List.of("binlog_expire_logs_seconds", "expire_logs_days", "max_binlog_total_size")) {
      if (!variable(limit).matches("0?|0[.]0*")) {
        risks.add(
            "%s=%s: the server purges logs by itself, archived or not"
                .formatted(limit, variable(limit)));
      }
    }
    return risks;
  }
}
