package dev.snapshotjobs.archiver;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a run may change on the server.
///
/// @param rotate null for never
/// @param keepOnServer how long logs stay on it; null for as long as the server likes
record Upkeep(@Nullable RotateWhen rotate, @Nullable Duration keepOnServer) {

  /// Refuses the run where the account may not do what this takes, before anything is done.
  void requireRights(Connection connection, ServerFacts facts) throws SQLException {
    Map<String, String> rights = rights(facts);
    if (!rights.isEmpty()) {
      Rights.read(connection).require(rights);
    }
  }

  /// The rights that this takes beyond those of every run, each with what it is for.
  private Map<String, String> rights(ServerFacts facts) {
    Map<String, String> rights = new LinkedHashMap<>();
    if (rotate != null) {
      rights.put("RELOAD", "--rotate");
    }
    if (keepOnServer != null) {
      rights.put("BINLOG ADMIN", "--purge");
      if (Replicas.needed(facts) > 1) {
        rights.put(
            "PROCESS", "--purge with slave_connections_needed_for_purge=" + Replicas.needed(facts));
      }
    }
    return rights;
  }
}
