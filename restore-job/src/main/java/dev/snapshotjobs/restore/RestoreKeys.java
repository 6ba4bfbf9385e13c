package dev.snapshotjobs.restore;

/// The names of the labels and annotations on the objects of a restore: the one place where they
/// are spelt.
final class RestoreKeys {
  private static final String PREFIX = "mariadb-snapshot-jobs/";

  /// The id of the restore that an object belongs to.
  static final String RESTORE = PREFIX + "restore";

  /// What a volume may be used for: see [#QUARANTINED] and [#READY].
  static final String RESTORED = PREFIX + "restored";

  /// Nobody but the restore has looked at it, or it was not finished.
  static final String QUARANTINED = "quarantined";

  /// It is what was planned, and that was proven.
  static final String READY = "ready";

  static final String SNAPSHOT = PREFIX + "snapshot";
  static final String SNAPSHOT_UID = PREFIX + "snapshot-uid";

  /// The id of the plan: what the restore leads to; missing from a clone.
  static final String PLAN = PREFIX + "plan";

  static final String TARGET = PREFIX + "target";
  static final String GTID_TARGET = PREFIX + "gtid-target";
  static final String GTID_REACHED = PREFIX + "gtid-reached";

  /// Of the history that begins with the restored data.
  static final String GTID_BINLOG_STATE = PREFIX + "gtid-binlog-state";

  static final String FINISHED_AT = PREFIX + "finished-at";

  /// Which copy of the snapshot this is, from 1.
  static final String ATTEMPT = PREFIX + "attempt";

  /// The uid of the Job whose pod has asked for it: the next pod of that Job goes on with it.
  static final String STARTED_BY = PREFIX + "started-by";

  /// The uid of the claim that a Job works on.
  static final String CLAIM_UID = PREFIX + "claim-uid";

  private RestoreKeys() {}
}
