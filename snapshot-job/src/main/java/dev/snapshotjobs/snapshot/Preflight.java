package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Decides from facts whether a snapshot may be taken. Pure; reports everything it finds at once.
final class Preflight {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\..*");
  private static final Set<String> REMOTE_ENGINES =
      Set.of("FEDERATED", "SPIDER", "CONNECT", "S3", "SPHINX", "OQGRAPH");

  private static final String MEMORY = "MEMORY";

  private static final Set<String> WITHOUT_ROLLBACK =
      Set.of("Aria", "MyISAM", "MRG_MyISAM", "CSV", "ARCHIVE");

  /// The account must see every table: information_schema hides what one has no privilege on. Any
  /// of these on `*.*` does; REFERENCES gives nothing else away.
  private static final Set<String> SEES_ALL_TABLES =
      Set.of("REFERENCES", "SELECT", "INSERT", "UPDATE", "DELETE", "INDEX", "ALTER", "SHOW VIEW");

  private static final long A_DAY_SECONDS = 86_400;

  private static final String LEAVE_HOST_OUT =
      "leave MARIADB_HOST out: the job then connects to the pod's own address; never name a Service"
          + " that balances";

  private Preflight() {}

  /// What the settings say that the facts are held against.
  ///
  /// @param host what became of MARIADB_HOST; empty if it is not given
  record Expectation(
      Optional<HostLookup> host,
      Optional<String> claimName,
      SnapshotSettings.Storage storage,
      SnapshotSettings.Demands demands) {}

  /// The addresses that a name led to and that are not the pod's.
  record HostLookup(String name, List<String> strayAddresses) {
    HostLookup {
      strayAddresses = List.copyOf(strayAddresses);
    }
  }

  static List<Finding> findings(ClusterFacts cluster, ServerFacts server, Expectation expectation) {
    List<Finding> findings = new ArrayList<>();
    Optional<Finding> unfit = unfit(server.variables());
    if (unfit.isPresent()) {
      return List.of(unfit.get());
    }
    theServer(server, findings);
    theMode(server, expectation.demands().mode(), findings);
    theHost(cluster.pod(), server, expectation, findings);
    VolumePreflight.check(cluster, server, expectation, findings);
    thePrivileges(server, expectation.demands().mode(), findings);
    theBinaryLog(server, findings);
    theKeys(server, findings);
    theReplication(server, expectation.demands().maxLag(), findings);
    theTables(server, findings);
    return List.copyOf(findings);
  }

  /// Whether the server is one that this job can speak to at all.
  static Optional<Finding> unfit(Map<String, String> variables) {
    String version = variables.getOrDefault("version", "");
    String comment = variables.getOrDefault("version_comment", "");
    if (!(version + comment).toLowerCase(Locale.ROOT).contains("mariadb")) {
      return Optional.of(
          new Finding(
              PreflightRule.NOT_MARIADB,
              "the server says it is " + version + " " + comment,
              "point the job at a MariaDB server"));
    }
    Matcher numbers = VERSION.matcher(version);
    int major = numbers.matches() ? Integer.parseInt(numbers.group(1)) : 0;
    int minor = numbers.matches() ? Integer.parseInt(numbers.group(2)) : 0;
    return major < 10 || (major == 10 && minor < 6) || major > 12
        ? Optional.of(
            new Finding(
                PreflightRule.VERSION_UNSUPPORTED,
                "the server is " + version,
                "use MariaDB 10.6 to 12, or a release of this job that knows this version"))
        : Optional.empty();
  }

  private static void theServer(ServerFacts server, List<Finding> findings) {
    if (server.isOn("wsrep_on")) {
      findings.add(
          new Finding(
              PreflightRule.GALERA,
              "wsrep_on=ON",
              "take the snapshot of an asynchronous replica that is not part of the cluster"));
    }
    if (!server.longStatements().isEmpty()) {
      findings.add(
          new Finding(
              PreflightRule.LONG_STATEMENTS,
              server.longStatements(),
              "if the lock is not granted, run again when these have ended"));
    }
  }

  private static void theMode(ServerFacts server, SnapshotMode mode, List<Finding> findings) {
    switch (mode) {
      case BACKUP_STAGE -> {}
      case FLUSH_TABLES ->
          findings.add(
              new Finding(
                  PreflightRule.FLUSH_TABLES_STALLS,
                  "FLUSH TABLES WITH READ LOCK was asked for",
                  "use backup-stage unless something speaks against it"));
      case NONE -> findings.addAll(againstNoLock(server));
    }
  }

  /// What makes a copy that was cut without a lock worthless as a base. Asked again after the cut.
  static List<Finding> againstNoLock(ServerFacts server) {
    List<Finding> findings = new ArrayList<>();
    Map<String, String> lazy = new TreeMap<>();
    if (server.isOn("log_bin") && !server.variable("sync_binlog").equals("1")) {
      lazy.put("sync_binlog", server.variable("sync_binlog"));
    }
    // 3 is 1 with the commit order of old.
    if (!Set.of("1", "3").contains(server.variable("innodb_flush_log_at_trx_commit"))) {
      lazy.put("innodb_flush_log_at_trx_commit", server.variable("innodb_flush_log_at_trx_commit"));
    }
    if (!lazy.isEmpty()) {
      findings.add(
          new Finding(
              PreflightRule.NOT_DURABLE,
              String.join(
                  ", ",
                  lazy.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList()),
              "set both to 1, or take the snapshot with SNAPSHOT_MODE=backup-stage"));
    }
    for (ServerFacts.EngineUse use : server.engines()) {
      if (!use.engine().equals("InnoDB")) {
        findings.add(
            new Finding(
                PreflightRule.OTHER_ENGINES,
                seen(use),
                "convert them to InnoDB, or take the snapshot with SNAPSHOT_MODE=backup-stage"));
      }
    }
    return findings;
  }

  private static void theHost(
      DatabasePod pod, ServerFacts server, Expectation expectation, List<Finding> findings) {
    if (expectation.host().isEmpty()) {
      return;
    }
    HostLookup host = expectation.host().get();
    String hostname = server.variable("hostname");
    if (!host.strayAddresses().isEmpty()) {
      findings.add(
          new Finding(
              PreflightRule.WRONG_SERVER,
              "MARIADB_HOST %s leads to %s, the pod %s has %s"
                  .formatted(
                      host.name(),
                      String.join(", ", host.strayAddresses()),
                      pod.name(),
                      String.join(", ", pod.addresses())),
              LEAVE_HOST_OUT));
    } else if (!hostname.equals(pod.name())) {
      findings.add(
          new Finding(
              PreflightRule.WRONG_SERVER,
              "MARIADB_HOST answers as '" + hostname + "', the pod is '" + pod.name() + "'",
              LEAVE_HOST_OUT));
    }
  }

  private static void thePrivileges(ServerFacts server, SnapshotMode mode, List<Finding> findings) {
    List<String> needs =
        mode.lock().isPresent()
            ? List.of("RELOAD", "BINLOG MONITOR", "PROCESS")
            : List.of("BINLOG MONITOR", "PROCESS");
    for (String needed : needs) {
      if (!server.globalPrivileges().contains(needed)) {
        findings.add(missing(needed, server));
      }
    }
    if (server.globalPrivileges().stream().noneMatch(SEES_ALL_TABLES::contains)) {
      findings.add(missing("REFERENCES", server));
    }
  }

  private static Finding missing(String privilege, ServerFacts server) {
    return new Finding(
        PreflightRule.GRANT_MISSING,
        server.account() + " lacks " + privilege,
        "GRANT " + privilege + " ON *.* TO " + server.account());
  }

  private static void theBinaryLog(ServerFacts server, List<Finding> findings) {
    if (!server.isOn("log_bin")) {
      findings.add(
          new Finding(
              PreflightRule.BINLOG_OFF,
              "log_bin=OFF",
              "start the server with --log-bin if you want to recover to a point in time"));
      return;
    }
    String filters = server.variable("binlog_do_db") + server.variable("binlog_ignore_db");
    if (!filters.isEmpty()) {
      findings.add(
          new Finding(
              PreflightRule.BINLOG_FILTERED,
              "binlog_do_db='%s' binlog_ignore_db='%s'"
                  .formatted(server.variable("binlog_do_db"), server.variable("binlog_ignore_db")),
              "remove the filters if you want to recover to a point in time"));
    }
    if (server.replication().applies() && !server.isOn("log_slave_updates")) {
      findings.add(
          new Finding(
              PreflightRule.REPLICA_WITHOUT_LOG,
              "log_slave_updates=OFF on a replica",
              "set log_slave_updates=ON, or take the snapshots of the primary"));
    }
    if (number(server.variable("max_binlog_total_size")) > 0) {
      findings.add(
          new Finding(
              PreflightRule.LOGS_PURGED_SOON,
              "max_binlog_total_size=" + server.variable("max_binlog_total_size"),
              "set it to 0, so that a burst of writes cannot purge what is not archived"));
    }
    long kept = number(server.variable("binlog_expire_logs_seconds"));
    if (kept > 0 && kept < A_DAY_SECONDS) {
      findings.add(
          new Finding(
              PreflightRule.LOGS_PURGED_SOON,
              "binlog_expire_logs_seconds=" + kept,
              "keep binary logs for at least a day, longer than any outage of the archiver"));
    }
  }

  private static void theKeys(ServerFacts server, List<Finding> findings) {
    String plugin = server.variable(SnapshotKeys.ENCRYPTION_PLUGIN);
    if (!plugin.isEmpty() && !plugin.equals("file_key_management")) {
      findings.add(
          new Finding(
              PreflightRule.KEYS_OUT_OF_REACH,
              "keys of the plugin " + plugin,
              "try a recovery by hand while there is time for it, with a server that has that"
                  + " plugin"));
    } else if (server.hasKeyPasswordInSettings()) {
      findings.add(
          new Finding(
              PreflightRule.KEYS_OUT_OF_REACH,
              ServerFacts.KEY_PASSWORD + " is the password itself, which no snapshot records",
              "set it to FILE:/… and mount that file from a Secret; or be ready to give restore-job"
                  + " a --key-password-file"));
    }
  }

  private static void theReplication(ServerFacts server, Duration maxLag, List<Finding> findings) {
    switch (server.replication()) {
      case ServerFacts.Replication.None() -> {}
      case ServerFacts.Replication.Hidden(boolean running) ->
          findings.add(
              running
                  ? missing("REPLICA MONITOR", server)
                  : new Finding(
                      PreflightRule.REPLICATION_HIDDEN,
                      "gtid_slave_pos=" + server.variable("gtid_slave_pos"),
                      "GRANT REPLICA MONITOR ON *.* TO " + server.account()));
      case ServerFacts.Replication.Replica(List<ServerFacts.Channel> channels) ->
          channels.forEach(channel -> theChannel(channel, maxLag, findings));
    }
  }

  private static void theChannel(
      ServerFacts.Channel channel, Duration maxLag, List<Finding> findings) {
    String error = channel.lastError().isEmpty() ? "" : ": " + channel.lastError();
    if (!channel.sqlRunning()) {
      findings.add(
          new Finding(
              PreflightRule.REPLICA_STOPPED,
              channel + " is stopped" + error,
              "START REPLICA; on a server that was promoted RESET REPLICA ALL; or choose another"
                  + " pod by POD_NAME"));
    } else if (channel.behind().filter(behind -> behind.compareTo(maxLag) <= 0).isEmpty()) {
      findings.add(
          new Finding(
              PreflightRule.REPLICA_LAGGING,
              channel
                  + channel
                      .behind()
                      .map(behind -> " is " + behind.toSeconds() + " s behind")
                      .orElse(" has no connection to its primary, so nobody knows how far behind")
                  + error,
              "run again when it has caught up, raise MAX_LAG, or choose another pod by POD_NAME"));
    }
  }

  private static String seen(ServerFacts.EngineUse use) {
    return "%d table%s of engine %s, such as %s"
        .formatted(use.tables(), use.tables() == 1 ? "" : "s", use.engine(), use.example());
  }

  /// The tables whose changes a replay cannot follow, in words; empty if there are none.
  static Optional<String> notReplayed(ServerFacts server) {
    List<String> all =
        server.engines().stream()
            .filter(use -> use.engine().equals(MEMORY) || REMOTE_ENGINES.contains(use.engine()))
            .map(Preflight::seen)
            .toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
  }

  private static void theTables(ServerFacts server, List<Finding> findings) {
    for (ServerFacts.EngineUse use : server.engines()) {
      if (use.engine().equals(ServerFacts.UNKNOWN_ENGINE)) {
        findings.add(
            new Finding(
                PreflightRule.TABLES_UNSEEN, seen(use), "look at these if it is so at each run"));
      } else if (WITHOUT_ROLLBACK.contains(use.engine())) {
        findings.add(withoutRollback(use, server));
      } else if (use.engine().equals(MEMORY)) {
        findings.add(
            new Finding(
                PreflightRule.MEMORY_TABLES, seen(use), "keep in MEMORY only what can be lost"));
      } else if (REMOTE_ENGINES.contains(use.engine())) {
        findings.add(
            new Finding(
                PreflightRule.REMOTE_TABLES, seen(use), "back these up where their data live"));
      }
    }
  }

  private static Finding withoutRollback(ServerFacts.EngineUse use, ServerFacts server) {
    return server.replication().applies()
        ? new Finding(
            PreflightRule.REPLICA_APPLIES_IN_PARTS,
            seen(use),
            "take it of the primary, or convert these to InnoDB, if you want to recover to a point"
                + " in time")
        : new Finding(
            PreflightRule.TABLES_WITHOUT_ROLLBACK,
            seen(use),
            "convert these to InnoDB, or do not write them in transactions that write InnoDB too");
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
