package dev.snapshotjobs.common.snapshot;

import java.util.Map;
import java.util.stream.Collectors;

/// The names of the labels and annotations on our VolumeSnapshots and their contents: the one place
/// where they are spelt.
public final class SnapshotKeys {
  private static final String PREFIX = "mariadb-snapshot-jobs/";

  public static final String INSTANCE = PREFIX + "instance";
  public static final String STATE = PREFIX + "state";
  public static final String TYPE = PREFIX + "type";
  public static final String PITR = PREFIX + "pitr";

  /// Why PITR is "no".
  public static final String PITR_REASON = PREFIX + "pitr-reason";

  /// Tables whose changes a replay cannot follow, for people; missing if there are none.
  public static final String NOT_REPLAYED = PREFIX + "not-replayed";

  public static final String FORMAT = PREFIX + "format";
  public static final String GTID_BINLOG_POS = PREFIX + "gtid-binlog-pos";
  public static final String GTID_BINLOG_STATE = PREFIX + "gtid-binlog-state";
  public static final String GTID_CURRENT_POS = PREFIX + "gtid-current-pos";
  public static final String BINLOG_FILE = PREFIX + "binlog-file";
  public static final String BINLOG_OFFSET = PREFIX + "binlog-offset";
  public static final String MODE = PREFIX + "mode";
  public static final String RUN_ID = PREFIX + "run-id";
  public static final String SLOT = PREFIX + "slot";
  public static final String SERVER_VERSION = PREFIX + "server-version";
  public static final String SERVER_IMAGE = PREFIX + "server-image";
  public static final String SERVER_SETTINGS = PREFIX + "server-settings";

  /// Among those settings the plugin that has the keys of encrypted data; empty if there is none.
  public static final String ENCRYPTION_PLUGIN = "encryption_plugin";

  /// Of the claim: what a volume needs that shall be made from the snapshot elsewhere.
  public static final String SOURCE_STORAGE_CLASS = PREFIX + "source-storage-class";

  public static final String SOURCE_CAPACITY = PREFIX + "source-capacity";

  /// Where the volume can be used, as the PersistentVolume's nodeAffinity says it, in JSON.
  public static final String SOURCE_TOPOLOGY = PREFIX + "source-topology";

  /// How the database's pod ran, in JSON: users and groups, where its claims were mounted, and what
  /// decides on its node.
  public static final String SOURCE_POD = PREFIX + "source-pod";

  public static final String LOCK_ACQUIRED_AT = PREFIX + "lock-acquired-at";
  public static final String CUT_SEEN_AT = PREFIX + "cut-seen-at";
  public static final String RELEASED_AT = PREFIX + "released-at";

  /// Why the state is what it is, where it is neither pending nor consistent.
  public static final String REASON = PREFIX + "reason";

  /// The format that this code writes under [#FORMAT].
  public static final String CURRENT_FORMAT = "1";

  private SnapshotKeys() {}

  /// Only what we wrote, not what others put on the same object.
  public static Map<String, String> ours(Map<String, String> metadata) {
    return metadata.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(PREFIX))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
