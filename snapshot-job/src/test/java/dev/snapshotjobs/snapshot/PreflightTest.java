package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.kube.Volume;
import dev.snapshotjobs.common.kube.VolumeSnapshotClass;
import dev.snapshotjobs.common.snapshot.ReleasePoint;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightTest {
  private static final Preflight.Expectation NOTHING_SPECIAL =
      Examples.expecting(SnapshotMode.BACKUP_STAGE);

  @Test
  void findsNothingInAHealthyWorld() {
    assertThat(Preflight.findings(Examples.cluster(), Examples.server(Map.of()), NOTHING_SPECIAL))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          version,                    8.4.3,                      NOT_MARIADB
          version,                    10.5.29-MariaDB,            VERSION_UNSUPPORTED
          version,                    13.0.1-MariaDB,             VERSION_UNSUPPORTED
          wsrep_on,                   ON,                         GALERA
          datadir,                    /data/,                     DATADIR_NOT_ON_CLAIM
          log_bin_basename,           /binlogs/mysql-bin,         FILES_ELSEWHERE
          log_bin_index,              /binlogs/index,             FILES_ELSEWHERE
          relay_log_basename,         /var/lib/mysql2/relay,      FILES_ELSEWHERE
          innodb_data_home_dir,       /ibdata,                    FILES_ELSEWHERE
          innodb_log_group_home_dir,  ../redo,                    FILES_ELSEWHERE
          innodb_undo_directory,      /undo,                      FILES_ELSEWHERE
          aria_log_dir_path,          /aria/,                     FILES_ELSEWHERE
          innodb_data_file_path,      ibdata1:12M;/fast/ib2:1G,   FILES_ELSEWHERE
          log_bin_basename,           /etc/mysql/conf.d/b,        FILES_ELSEWHERE
          log_bin,                    OFF,                        BINLOG_OFF
          binlog_do_db,               shop,                       BINLOG_FILTERED
          binlog_ignore_db,           tmp,                        BINLOG_FILTERED
          binlog_expire_logs_seconds, 3600,                       LOGS_PURGED_SOON
          max_binlog_total_size,      1073741824,                 LOGS_PURGED_SOON
          """)
  void findsWhatIsWrongWithTheServer(String variable, String value, PreflightRule rule) {
    ServerFacts server =
        Examples.server(
            rule == PreflightRule.NOT_MARIADB
                ? Map.of(variable, value, "version_comment", "MySQL Community Server - GPL")
                : Map.of(variable, value));

    assertThat(Preflight.findings(Examples.cluster(), server, NOTHING_SPECIAL))
        .extracting(Finding::rule)
        .containsExactly(rule);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          10.6.21-MariaDB, 10.11.5-MariaDB-log, 11.4.5-MariaDB, 11.8.6-MariaDB-ubu2404, 12.1.2-MariaDB
          """)
  void acceptsTheSupportedVersions(String a, String b, String c, String d, String e) {
    assertThat(List.of(a, b, c, d, e))
        .allSatisfy(
            version ->
                assertThat(
                        Preflight.findings(
                            Examples.cluster(),
                            Examples.server(Map.of("version", version)),
                            NOTHING_SPECIAL))
                    .isEmpty());
  }

  @Test
  void namesEachMissingGrantAndTheStatementThatGivesIt() {
    ServerFacts healthy = Examples.server(Map.of());
    ServerFacts server =
        new ServerFacts(
            healthy.variables(),
            Set.of("USAGE"),
            "'jobs'@'%'",
            healthy.replication(),
            List.of(),
            List.of(),
            "");

    assertThat(Preflight.findings(Examples.cluster(), server, NOTHING_SPECIAL))
        .allMatch(finding -> finding.rule() == PreflightRule.GRANT_MISSING)
        .extracting(Finding::nextStep)
        .containsExactly(
            "GRANT RELOAD ON *.* TO 'jobs'@'%'",
            "GRANT BINLOG MONITOR ON *.* TO 'jobs'@'%'",
            "GRANT PROCESS ON *.* TO 'jobs'@'%'",
            "GRANT REFERENCES ON *.* TO 'jobs'@'%'");
  }

  @Test
  void refusesAnotherServerThanThePods() {
    ServerFacts other = Examples.server(Map.of("hostname", "mariadb-1"));

    assertThat(Preflight.findings(Examples.cluster(), other, hostAt()))
        .extracting(Finding::rule)
        .containsExactly(PreflightRule.WRONG_SERVER);
    assertThat(Preflight.findings(Examples.cluster(), Examples.server(Map.of()), hostAt()))
        .isEmpty();
  }

  @Test
  void refusesAnotherAddressThanThePodsThoughTheServerHasItsName() {
    assertThat(
            Preflight.findings(Examples.cluster(), Examples.server(Map.of()), hostAt("10.9.9.9")))
        .extracting(Finding::toString)
        .containsExactly(
            "wrong-server: MARIADB_HOST db.example leads to 10.9.9.9, the pod mariadb-0 has"
                + " 10.0.0.7");
  }

  private static Preflight.Expectation hostAt(String... strayAddresses) {
    return new Preflight.Expectation(
        Optional.of(new Preflight.HostLookup("db.example", List.of(strayAddresses))),
        Optional.empty(),
        NOTHING_SPECIAL.storage(),
        NOTHING_SPECIAL.demands());
  }

  @Test
  void refusesAClaimThatIsNotTheDatabases() {
    var expectation =
        new Preflight.Expectation(
            Optional.empty(),
            Optional.of("other"),
            NOTHING_SPECIAL.storage(),
            NOTHING_SPECIAL.demands());

    assertThat(Preflight.findings(Examples.cluster(), Examples.server(Map.of()), expectation))
        .extracting(Finding::rule)
        .containsExactly(PreflightRule.CLAIM_DIFFERS);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          sync_binlog,                    0, NOT_DURABLE
          sync_binlog,                  100, NOT_DURABLE
          innodb_flush_log_at_trx_commit, 0, NOT_DURABLE
          innodb_flush_log_at_trx_commit, 2, NOT_DURABLE
          """)
  void takesNoCopyWithoutALockOfAServerThatDoesNotSync(
      String variable, String value, PreflightRule rule) {
    ServerFacts server = Examples.server(Map.of(variable, value));

    assertThat(
            Preflight.findings(Examples.cluster(), server, Examples.expecting(SnapshotMode.NONE)))
        .extracting(Finding::rule)
        .containsExactly(rule);
    assertThat(Preflight.findings(Examples.cluster(), server, NOTHING_SPECIAL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Aria", "MyISAM", "MEMORY", "CSV", "ROCKSDB", "unknown"})
  void takesNoCopyWithoutALockOfTablesThatAreNotInnoDb(String engine) {
    ServerFacts server = Examples.serverWith(new ServerFacts.EngineUse(engine, 3, "shop.cache"));

    assertThat(
            Preflight.findings(Examples.cluster(), server, Examples.expecting(SnapshotMode.NONE)))
        .extracting(Finding::rule)
        .contains(PreflightRule.OTHER_ENGINES);
  }

  @Test
  void saysWhatCannotBeRolledBackAndThatAReplicaCannotVouchForIt() {
    var aria = new ServerFacts.EngineUse("Aria", 2, "shop.cache");
    ServerFacts primary = Examples.serverWith(aria);
    ServerFacts replica =
        new ServerFacts(
            Examples.server(Map.of("log_slave_updates", "ON")).variables(),
            primary.globalPrivileges(),
            primary.account(),
            new ServerFacts.Replication.Replica(
                List.of(new ServerFacts.Channel("", true, Optional.of(Duration.ZERO), ""))),
            primary.engines(),
            List.of(),
            "");

    assertThat(findings(primary))
        .containsExactly("tables-without-rollback: 2 tables of engine Aria, such as shop.cache");
    assertThat(findings(replica))
        .containsExactly("replica-applies-in-parts: 2 tables of engine Aria, such as shop.cache");
    assertThat(
            Conclusions.againstRecovery(
                Preflight.findings(Examples.cluster(), replica, NOTHING_SPECIAL)))
        .hasSize(1);
  }

  @Test
  void needsNoRightToLockWhereItTakesNoLock() {
    ServerFacts server = Examples.server(Map.of());
    ServerFacts without =
        new ServerFacts(
            server.variables(),
            Set.of("BINLOG MONITOR", "PROCESS", "REFERENCES"),
            server.account(),
            server.replication(),
            server.engines(),
            List.of(),
            "");

    assertThat(
            Preflight.findings(Examples.cluster(), without, Examples.expecting(SnapshotMode.NONE)))
        .isEmpty();
  }

  @Test
  void warnsOfWhatTheGlobalReadLockDoes() {
    assertThat(
            Preflight.findings(
                Examples.cluster(),
                Examples.server(Map.of()),
                Examples.expecting(SnapshotMode.FLUSH_TABLES)))
        .extracting(Finding::rule)
        .containsExactly(PreflightRule.FLUSH_TABLES_STALLS);
  }

  @Test
  void warnsThatAnUnknownDriverMakesCommitsWaitLonger() {
    Volume good = Examples.volume();
    ClusterFacts cluster =
        new ClusterFacts(
            Examples.pod("mariadb-0"),
            Optional.of(
                new Volume(
                    good.claimName(), "Bound", false, false, "pv", "new.csi", Examples.PROVISION)),
            true,
            List.of(new VolumeSnapshotClass("fast", "new.csi", "Retain", true)));
    var declared =
        new Preflight.Expectation(
            Optional.empty(),
            Optional.empty(),
            new SnapshotSettings.Storage(
                Optional.empty(), Optional.of(ReleasePoint.CUT), Optional.empty()),
            NOTHING_SPECIAL.demands());

    assertThat(Preflight.findings(cluster, Examples.server(Map.of()), NOTHING_SPECIAL))
        .extracting(Finding::rule)
        .containsExactly(PreflightRule.RELEASE_POINT_UNKNOWN);
    assertThat(Preflight.findings(cluster, Examples.server(Map.of()), declared)).isEmpty();
    assertThat(
            Preflight.findings(
                cluster, Examples.server(Map.of()), Examples.expecting(SnapshotMode.NONE)))
        .isEmpty();
  }

  @Test
  void takesNoSnapshotOfAReplicaThatIsBehind() {
    Map<String, String> logs = Map.of("log_slave_updates", "ON");
    var onTime = new ServerFacts.Channel("", true, Optional.of(Duration.ofMinutes(5)), "");
    var behind = new ServerFacts.Channel("", true, Optional.of(Duration.ofSeconds(301)), "");
    var cutOff = new ServerFacts.Channel("eu", true, Optional.empty(), "cannot connect");
    var stopped = new ServerFacts.Channel("us", false, Optional.empty(), "duplicate key");

    assertThat(findings(Examples.replica(logs, onTime))).isEmpty();
    assertThat(findings(Examples.replica(logs, behind)))
        .containsExactly("replica-lagging: the replica is 301 s behind");
    assertThat(findings(Examples.replica(logs, onTime, cutOff, stopped)))
        .containsExactly(
            "replica-lagging: the replica connection 'eu' has no connection to its primary, so"
                + " nobody knows how far behind: cannot connect",
            "replica-stopped: the replica connection 'us' is stopped: duplicate key");
  }

  @Test
  void wantsToSeeHowAReplicaFares() {
    assertThat(findings(hidden(true)))
        .containsExactly("grant-missing: 'jobs'@'%' lacks REPLICA MONITOR");
    assertThat(findings(hidden(false))).containsExactly("replication-hidden: gtid_slave_pos=0-1-7");
  }

  private static ServerFacts hidden(boolean running) {
    ServerFacts server =
        Examples.server(Map.of("gtid_slave_pos", "0-1-7", "log_slave_updates", "ON"));
    return new ServerFacts(
        server.variables(),
        server.globalPrivileges(),
        server.account(),
        new ServerFacts.Replication.Hidden(running),
        server.engines(),
        List.of(),
        "");
  }

  private static List<String> findings(ServerFacts server) {
    return Preflight.findings(Examples.cluster(), server, NOTHING_SPECIAL).stream()
        .map(Finding::toString)
        .toList();
  }

  /// At night there is time for it, and after DROP TABLE there is not.
  @Test
  void warnsOfKeysThatARestoreCannotHave() {
    Map<String, String> keyFile =
        Map.of(
            SnapshotKeys.ENCRYPTION_PLUGIN,
            "file_key_management",
            "file_key_management_filename",
            "/etc/mysql/keys/keyfile",
            "file_key_management_filekey",
            "FILE:/etc/mysql/keys/password");
    Map<String, String> typed = new HashMap<>(keyFile);
    typed.put("file_key_management_filekey", "s3cret");

    assertThat(findings(Examples.server(keyFile))).isEmpty();
    assertThat(findings(Examples.server(typed)))
        .containsExactly(
            "keys-out-of-reach: file_key_management_filekey is the password itself, which no"
                + " snapshot records");
    assertThat(
            findings(
                Examples.server(
                    Map.of(SnapshotKeys.ENCRYPTION_PLUGIN, "hashicorp_key_management"))))
        .containsExactly("keys-out-of-reach: keys of the plugin hashicorp_key_management");
  }

  @Test
  void namesTablesWhoseFilesOrDataAreElsewhere() {
    ServerFacts healthy = Examples.server(Map.of());
    ServerFacts server =
        new ServerFacts(
            healthy.variables(),
            healthy.globalPrivileges(),
            healthy.account(),
            healthy.replication(),
            List.of(
                new ServerFacts.EngineUse("MEMORY", 1, "shop.sessions"),
                new ServerFacts.EngineUse("FEDERATED", 2, "shop.remote")),
            List.of("/fast/shop/orders.ibd", "./shop/x.ibd"),
            "");

    assertThat(Preflight.findings(Examples.cluster(), server, NOTHING_SPECIAL))
        .extracting(Finding::toString)
        .containsExactly(
            "files-elsewhere: the table file /fast/shop/orders.ibd is at /fast/shop/orders.ibd, not"
                + " below /var/lib/mysql",
            "memory-tables: 1 table of engine MEMORY, such as shop.sessions",
            "remote-tables: 2 tables of engine FEDERATED, such as shop.remote");
  }

  @Test
  void saysThatAReplicaWithoutItsOwnLogCannotBeRecoveredToAPoint() {
    ServerFacts replica =
        Examples.replica(
            Map.of(), new ServerFacts.Channel("", true, Optional.of(Duration.ZERO), ""));

    List<Finding> findings = Preflight.findings(Examples.cluster(), replica, NOTHING_SPECIAL);

    assertThat(findings)
        .extracting(Finding::rule)
        .containsExactly(PreflightRule.REPLICA_WITHOUT_LOG);
    assertThat(Conclusions.againstRecovery(findings)).hasSize(1);
  }

  @Test
  void looksAtTheClaimAndItsClass() {
    Volume good = Examples.volume();
    assertThat(
            rules(
                new Volume(
                    good.claimName(), "Pending", false, false, null, null, Examples.PROVISION)))
        .containsExactly(PreflightRule.CLAIM_NOT_BOUND);
    assertThat(
            rules(
                new Volume(good.claimName(), "Bound", true, true, "pv", null, Examples.PROVISION)))
        .containsExactly(
            PreflightRule.CLAIM_BEING_DELETED,
            PreflightRule.CLAIM_RESIZING,
            PreflightRule.VOLUME_NOT_CSI);
    assertThat(
            rules(
                new Volume(
                    good.claimName(),
                    "Bound",
                    false,
                    false,
                    "pv",
                    "other.csi",
                    Examples.PROVISION)))
        .containsExactly(PreflightRule.CLASS_UNCLEAR);
  }

  @Test
  void acceptsFilesOnAnotherPathOfTheSameClaim() {
    DatabasePod pod = Examples.pod("mariadb-0");
    DatabasePod subPaths =
        new DatabasePod(
            pod.namespace(),
            pod.name(),
            pod.uid(),
            pod.addresses(),
            true,
            pod.owner(),
            pod.image(),
            pod.imageId(),
            List.of(
                new DatabasePod.Mount("/var/lib/mysql", "data-mariadb-0", "data"),
                new DatabasePod.Mount("/binlogs", "data-mariadb-0", "binlogs")),
            pod.placement());
    ClusterFacts cluster =
        new ClusterFacts(
            subPaths,
            Optional.of(Examples.volume()),
            true,
            List.of(Examples.snapshotClass("fast", true)));

    assertThat(
            Preflight.findings(
                cluster,
                Examples.server(Map.of("log_bin_basename", "/binlogs/mysql-bin")),
                NOTHING_SPECIAL))
        .isEmpty();
  }

  @Test
  void saysThatTheClusterHasNoSnapshots() {
    ClusterFacts bare =
        new ClusterFacts(
            Examples.pod("mariadb-0"), Optional.of(Examples.volume()), false, List.of());

    assertThat(Preflight.findings(bare, Examples.server(Map.of()), NOTHING_SPECIAL))
        .extracting(Finding::rule)
        .containsExactly(PreflightRule.API_NOT_SERVED, PreflightRule.CLASS_UNCLEAR);
  }

  @Test
  void reportsEverythingAtOnceAndTheGravestFirst() {
    ClusterFacts cluster =
        new ClusterFacts(
            Examples.pod("mariadb-0"),
            Optional.of(
                new Volume(
                    "data-mariadb-0", "Bound", false, true, "pv", "x.csi", Examples.PROVISION)),
            true,
            List.of(new VolumeSnapshotClass("fast", Examples.DRIVER, "Retain", true)));
    List<Finding> findings =
        Preflight.findings(cluster, Examples.server(Map.of("wsrep_on", "ON")), NOTHING_SPECIAL);

    assertThat(findings)
        .extracting(Finding::rule)
        .containsExactly(
            PreflightRule.GALERA, PreflightRule.CLAIM_RESIZING, PreflightRule.CLASS_UNCLEAR);
    DatabasePod pod = cluster.pod();
    assertThat(pod.mountOf("/var/lib/mysql").orElseThrow().claimName()).isEqualTo("data-mariadb-0");
    assertThat(pod.mountOf("/var/lib/mysql-other")).isEmpty();
  }

  private static List<PreflightRule> rules(Volume volume) {
    ClusterFacts cluster =
        new ClusterFacts(
            Examples.pod("mariadb-0"),
            Optional.of(volume),
            true,
            List.of(Examples.snapshotClass("fast", true)));
    return Preflight.findings(cluster, Examples.server(Map.of()), NOTHING_SPECIAL).stream()
        .map(Finding::rule)
        .toList();
  }
}
