package dev.snapshotjobs.snapshot;

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

/// What a new VolumeSnapshot says about itself in labels and annotations, the position included.
record SnapshotDescription(
    String instance,
    String runId,
    Workloads.Slot slot,
    boolean pointInTimeRecoverable,
    ClusterFacts cluster,
    ServerFacts server) {

  static final String MODE = "backup-stage";

  /// What a restore must know of the server that wrote the data.
  private static final List<String> SETTINGS =
      List.of(
          "binlog_format",
          "character_set_server",
          "collation_server",
          "innodb_data_file_path",
          "innodb_flush_log_at_trx_commit",
          "innodb_page_size",
          "innodb_undo_tablespaces",
          "log_bin",
          "log_bin_basename",
          "lower_case_table_names",
          "server_id",
          "sync_binlog");

  VolumeSnapshots.Draft draft(
      String name, String claimName, String className, BinlogState state, Instant lockAcquiredAt) {
    return new VolumeSnapshots.Draft(
        name, claimName, className, labels(), annotations(state, lockAcquiredAt));
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
        pointInTimeRecoverable ? "yes" : "no",
        // What the scripts that this replaces had set; informative only.
        "app",
        "mariadb",
        "type",
        slot.scheduled() ? "daily" : "manual",
        "created-by",
        "snapshot-job");
  }

  private Map<String, String> annotations(BinlogState state, Instant lockAcquiredAt) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(SnapshotKeys.FORMAT, SnapshotKeys.CURRENT_FORMAT);
    annotations.put(SnapshotKeys.GTID_BINLOG_POS, state.binlogPosition().toString());
    annotations.put(SnapshotKeys.GTID_CURRENT_POS, state.currentPosition().toString());
    state
        .coordinates()
        .ifPresent(
            coordinates -> {
              annotations.put(SnapshotKeys.BINLOG_FILE, coordinates.file());
              annotations.put(SnapshotKeys.BINLOG_OFFSET, Long.toString(coordinates.offset()));
            });
    annotations.put(SnapshotKeys.MODE, MODE);
    annotations.put(SnapshotKeys.RUN_ID, runId);
    annotations.put(SnapshotKeys.SLOT, slot.at().toString());
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
                            name -> name, server::variable, (a, b) -> a, TreeMap::new))));
    annotations.put(SnapshotKeys.LOCK_ACQUIRED_AT, lockAcquiredAt.toString());
    return annotations;
  }
}
