package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.kube.Volume;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotClass;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A healthy world, for tests to spoil one thing of.
final class Examples {
  static final String DRIVER = "ebs.csi.aws.com";
  static final Instant SLOT = Instant.parse("2026-11-22T02:00:00Z");

  static final Volume.Provision PROVISION = new Volume.Provision("fast", 1L << 30, "");

  private Examples() {}

  static DatabasePod pod(String name) {
    return new DatabasePod(
        "shop",
        name,
        "uid-of-" + name,
        List.of("10.0.0.7"),
        true,
        new DatabasePod.Owner(name.replaceFirst("-\\d+$", ""), "uid-of-set"),
        "mariadb:11.8",
        "mariadb@sha256:abc",
        List.of(
            new DatabasePod.Mount("/var/lib/mysql", "data-" + name, null),
            new DatabasePod.Mount("/etc/mysql/conf.d", null, null)),
        "{}");
  }

  static Volume volume() {
    return new Volume("data-mariadb-0", "Bound", false, false, "pv-1", DRIVER, PROVISION);
  }

  static ClusterFacts cluster() {
    return new ClusterFacts(
        pod("mariadb-0"), Optional.of(volume()), true, List.of(snapshotClass("fast", true)));
  }

  static VolumeSnapshotClass snapshotClass(String name, boolean isDefault) {
    return new VolumeSnapshotClass(name, DRIVER, "Retain", isDefault);
  }

  static ServerFacts server(Map<String, String> otherVariables) {
    Map<String, String> variables = new HashMap<>();
    variables.put("version", "11.8.6-MariaDB-log");
    variables.put("version_comment", "mariadb.org binary distribution");
    variables.put("hostname", "mariadb-0");
    variables.put("datadir", "/var/lib/mysql/");
    variables.put("log_bin", "ON");
    variables.put("log_bin_basename", "/var/lib/mysql/mysql-bin");
    variables.put("innodb_data_file_path", "ibdata1:12M:autoextend");
    variables.put("innodb_log_group_home_dir", "./");
    variables.put("log_slave_updates", "OFF");
    variables.put("binlog_expire_logs_seconds", "864000");
    variables.put("sync_binlog", "1");
    variables.put("innodb_flush_log_at_trx_commit", "1");
    variables.putAll(otherVariables);
    return new ServerFacts(
        variables,
        Set.of("RELOAD", "BINLOG MONITOR", "PROCESS", "REFERENCES"),
        "'jobs'@'%'",
        new ServerFacts.Replication.None(),
        List.of(new ServerFacts.EngineUse("InnoDB", 12, "shop.orders")),
        List.of(),
        "");
  }

  static ServerFacts replica(Map<String, String> otherVariables, ServerFacts.Channel... channels) {
    ServerFacts server = server(otherVariables);
    return new ServerFacts(
        server.variables(),
        server.globalPrivileges(),
        server.account(),
        new ServerFacts.Replication.Replica(List.of(channels)),
        server.engines(),
        server.dataFiles(),
        "");
  }

  static ServerFacts serverWith(ServerFacts.EngineUse... engines) {
    ServerFacts server = server(Map.of());
    return new ServerFacts(
        server.variables(),
        server.globalPrivileges(),
        server.account(),
        server.replication(),
        List.of(engines),
        server.dataFiles(),
        "");
  }

  /// Settings that leave everything open but the mode.
  static Preflight.Expectation expecting(SnapshotMode mode) {
    return new Preflight.Expectation(
        Optional.empty(),
        Optional.empty(),
        new SnapshotSettings.Storage(Optional.empty(), Optional.empty(), Optional.empty()),
        new SnapshotSettings.Demands(mode, false, Duration.ofMinutes(5)));
  }

  static VolumeSnapshot snapshot(String name, String state, Instant slot) {
    return new VolumeSnapshot(
        "shop",
        name,
        "uid-of-" + name,
        "1",
        Map.of(SnapshotKeys.INSTANCE, "shop", SnapshotKeys.STATE, state),
        Map.of(SnapshotKeys.SLOT, slot.toString(), SnapshotKeys.RUN_ID, "run-1"),
        false,
        new VolumeSnapshot.Source("data-mariadb-0"),
        VolumeSnapshot.Status.NONE);
  }
}
