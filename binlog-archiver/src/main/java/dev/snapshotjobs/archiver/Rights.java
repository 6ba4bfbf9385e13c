package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.JobException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the account may do on the whole server, looked at before anything is done.
record Rights(String account, Set<String> privileges) {
  private static final Pattern GLOBAL_GRANT = Pattern.compile("GRANT (.+?) ON \\*\\.\\* TO .*");

  Rights {
    privileges = Set.copyOf(privileges);
  }

  /// Reads `SHOW GRANTS`, which includes what active roles give; its text may hold a password hash
  /// and goes no further than here.
  static Rights read(Connection connection) throws SQLException {
    Set<String> privileges = new HashSet<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SHOW GRANTS")) {
        while (row.next()) {
          Matcher grant = GLOBAL_GRANT.matcher(row.getString(1));
          if (grant.matches()) {
            privileges.addAll(List.of(grant.group(1).split(", ")));
          }
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
        row.next();
        String account = row.getString(1);
        int at = account.lastIndexOf('@');
        return new Rights(
            "'%s'@'%s'".formatted(account.substring(0, at), account.substring(at + 1)), privileges);
      }
    }
  }

  /// Refuses the run if one is missing, and names all that are.
  ///
  /// @param needed what each is for
  void require(Map<String, String> needed) {
    Map<String, String> missing = new LinkedHashMap<>(needed);
    missing.keySet().removeIf(right -> has(right));
    if (!missing.isEmpty()) {
      throw JobException.refused(
          ArchiverReason.ACCESS_DENIED,
          missing.entrySet().stream()
              .map(right -> right.getValue() + " needs " + right.getKey())
              .collect(Collectors.joining("; ")),
          "GRANT %s ON *.* TO %s; manifests/grants has them in files"
              .formatted(String.join(", ", missing.keySet()), account));
    }
  }

  private boolean has(String right) {
    return privileges.contains(right) || privileges.contains("ALL PRIVILEGES");
  }
}
