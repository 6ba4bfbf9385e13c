package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.Volume;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.kube.Workloads;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import dev.snapshotjobs.common.snapshot.SnapshotType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// What a new VolumeSnapshot says about itself in labels and annotations.
///
/// @param againstRecovery what makes a recovery to a point in time from it impossible
record SnapshotDescription(
    String instance,
    String runId,
    Workloads.Slot slot,
    SnapshotMode mode,
    List<Finding> againstRecovery,
    ClusterFacts cluster,
    ServerFacts server) {

  /// What a restore must know of the server that wrote the data.
  private static final List<String> SETTINGS =
      List.of(
          "aria_encrypt_tables",
          "aria_log_dir_path",
          "binlog_format",
          "character_set_collations",
          "character_set_server",
          "collation_server",
          "datadir",
          "default_storage_engine",
          "encrypt_binlog",
          "encrypt_tmp_disk_tables",
          "encrypt_tmp_files",
          SnapshotKeys.ENCRYPTION_PLUGIN,
          "explicit_defaults_for_timestamp",
          "file_key_management_digest",
          "file_key_management_encryption_algorithm",
          ServerFacts.KEY_PASSWORD,
          "file_key_management_filename",
          "file_key_management_use_pbkdf2",
          "group_concat_max_len",
          "gtid_domain_id",
          "innodb_data_file_path",
          "innodb_data_home_dir",
          "innodb_default_encryption_key_id",
          "innodb_default_row_format",
          "innodb_encrypt_log",
          "innodb_encrypt_tables",
          "innodb_encrypt_temporary_tables",
          "innodb_flush_log_at_trx_commit",
          "innodb_log_file_size",
          "innodb_log_group_home_dir",
          "innodb_page_size",
          "innodb_strict_mode",
          "innodb_undo_directory",
          "innodb_undo_tablespaces",
          "log_bin",
          "log_bin_basename",
          "lower_case_table_names",
          "server_id",
          "sync_binlog",
          "system_time_zone",
          "time_zone");

  /// Characters of a state that the archive can have, too; a longer one would take the room that
  /// all annotations have together.
  private static final int LONGEST_STATE = 5000;

  /// Under a lock, with the position that it makes exact.
  VolumeSnapshots.Draft draft(
      String name, String claimName, String className, BinlogState state, Instant lockAcquiredAt) {
    Map<String, String> annotations = annotations();
    annotations.put(SnapshotKeys.GTID_BINLOG_POS, state.binlogPosition().toString());
    String logged = state.logged().toString();
    if (logged.length() <= LONGEST_STATE) {
      annotations.put(SnapshotKeys.GTID_BINLOG_STATE, logged);
    }
    annotations.put(SnapshotKeys.GTID_CURRENT_POS, state.currentPosition().toString());
    state
        .coordinates()
        .ifPresent(
            coordinates -> {
              annotations.put(SnapshotKeys.BINLOG_FILE, coordinates.file());
              annotations.put(SnapshotKeys.BINLOG_OFFSET, Long.toString(coordinates.offset()));
            });
    annotations.put(SnapshotKeys.LOCK_ACQUIRED_AT, lockAcquiredAt.toString());
    return new VolumeSnapshots.Draft(name, claimName, className, labels(), annotations);
  }

  /// Without a lock, and without a position: one that is read beside the cut is wrong, and the one
  /// that counts is in the copy's own binary log.
  VolumeSnapshots.Draft draft(String name, String claimName, String className) {
    return new VolumeSnapshots.Draft(name, claimName, className, labels(), annotations());
  }

  private Map<String, String> labels() {
    SnapshotType type = slot.scheduled() ? SnapshotType.SCHEDULED : SnapshotType.MANUAL;
    return Map.of(
        SnapshotKeys.INSTANCE,
        instance,
        SnapshotKeys.STATE,
        SnapshotState.PENDING.label(),
        SnapshotKeys.TYPE,
        type.label(),
        SnapshotKeys.PITR,
        againstRecovery.isEmpty() ? "yes" : "no",
        // What the scripts that this replaces had set; informative only.
        "app",
        "mariadb",
        "type",
        slot.scheduled() ? "daily" : "manual",
        "created-by",
        "snapshot-job");
  }

  private Map<String, String> annotations() {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(SnapshotKeys.FORMAT, SnapshotKeys.CURRENT_FORMAT);
    annotations.put(SnapshotKeys.MODE, mode.toString());
    if (!againstRecovery.isEmpty()) {
      annotations.put(
          SnapshotKeys.PITR_REASON,
          againstRecovery.stream().map(Finding::toString).collect(Collectors.joining("; ")));
    }
    Preflight.notReplayed(server)
        .ifPresent(tables -> annotations.put(SnapshotKeys.NOT_REPLAYED, tables));
    annotations.put(SnapshotKeys.RUN_ID, runId);
    annotations.put(SnapshotKeys.SLOT, slot.at().toString());
    annotations.putAll(source());
    annotations.put(SnapshotKeys.SERVER_VERSION, server.version());
    annotations.put(
        SnapshotKeys.SERVER_IMAGE,
        cluster.pod().imageId().isEmpty() ? cluster.pod().image() : cluster.pod().imageId());
    annotations.put(
        SnapshotKeys.SERVER_SETTINGS,
        JsonMapper.shared()
            .writeValueAsString(
                SETTINGS.stream()
                    .collect(
                        Collectors.toMap(
                            name -> name, this::recorded, (a, b) -> a, TreeMap::new))));
    return annotations;
  }

  /// A password goes into no label, annotation or bucket.
  private String recorded(String setting) {
    return setting.equals(ServerFacts.KEY_PASSWORD) && server.hasKeyPasswordInSettings()
        ? "<secret>"
        : server.variable(setting);
  }

  /// What a restore must know of the volume and of the pod when both are gone.
  private Map<String, String> source() {
    Volume.Provision volume = cluster.volume().orElseThrow().provision();
    Map<String, String> source = new TreeMap<>();
    source.put(SnapshotKeys.SOURCE_STORAGE_CLASS, volume.storageClass());
    source.put(SnapshotKeys.SOURCE_CAPACITY, Long.toString(volume.capacity()));
    if (!volume.topology().isEmpty()) {
      source.put(SnapshotKeys.SOURCE_TOPOLOGY, volume.topology());
    }
    source.put(SnapshotKeys.SOURCE_POD, cluster.pod().placement());
    return source;
  }
}
