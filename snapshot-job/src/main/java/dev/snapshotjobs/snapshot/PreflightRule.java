package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Reason;
import java.util.Locale;
import java.util.Optional;

/// What is looked at before anything is touched, and what a bad answer leads to. The same table is
/// docs/reference/preflight.md.
enum PreflightRule implements Reason {
  POD_UNKNOWN(Consequence.USAGE, "The settings fit more than one database pod."),
  POD_MISSING(
      Consequence.RETRY,
      "There is no such pod: it is being moved, the StatefulSet is scaled to 0, or the settings name"
          + " another one."),
  POD_NOT_READY(Consequence.RETRY, "The database pod is not ready or has no address yet."),
  WRONG_SERVER(
      Consequence.REFUSE,
      "MARIADB_HOST leads to another address than the pod's, or to a server whose @@hostname is not"
          + " the pod: a lock on one server and a cut of another would prove nothing."),
  DATADIR_NOT_ON_CLAIM(
      Consequence.REFUSE, "The data directory does not lie on a PersistentVolumeClaim of the pod."),
  CLAIM_DIFFERS(
      Consequence.REFUSE, "PVC_NAME is not the claim that holds the pod's data directory."),
  CLAIM_NOT_BOUND(Consequence.RETRY, "The claim is not bound to a volume."),
  CLAIM_BEING_DELETED(Consequence.REFUSE, "The claim is being deleted."),
  CLAIM_RESIZING(Consequence.RETRY, "The claim is being resized."),
  VOLUME_NOT_CSI(
      Consequence.REFUSE, "The volume is not a CSI volume: only those have VolumeSnapshots."),
  API_NOT_SERVED(
      Consequence.REFUSE, "The cluster does not serve snapshot.storage.k8s.io/v1 (an add-on)."),
  CLASS_UNKNOWN(Consequence.USAGE, "There is no such VolumeSnapshotClass."),
  CLASS_UNCLEAR(
      Consequence.USAGE, "No VolumeSnapshotClass is named, and not exactly one fits the driver."),
  CLASS_OF_OTHER_DRIVER(
      Consequence.USAGE, "The VolumeSnapshotClass belongs to another driver than the volume."),
  NOT_MARIADB(Consequence.REFUSE, "The server is not MariaDB: MySQL has no backup stages."),
  VERSION_UNSUPPORTED(Consequence.REFUSE, "MariaDB 10.6 to 12 is supported."),
  GALERA(
      Consequence.REFUSE,
      "wsrep_on=ON: backup stages on a Galera node are not supported (MDEV-23080)."),
  GRANT_MISSING(Consequence.REFUSE, "The account lacks a privilege that the job needs."),
  FILES_ELSEWHERE(
      Consequence.REFUSE,
      "The server writes files outside of the claim: the snapshot would be only a part of it."),
  BINLOG_OFF(Consequence.NO_PITR, "log_bin=OFF: there is no binary log to recover with."),
  BINLOG_FILTERED(
      Consequence.NO_PITR, "binlog_do_db or binlog_ignore_db keep changes out of the binary log."),
  NOT_DURABLE(
      Consequence.REFUSE,
      "SNAPSHOT_MODE=none on a server that does not sync each commit: the copy's binary log would"
          + " not say where its data are."),
  OTHER_ENGINES(
      Consequence.REFUSE,
      "SNAPSHOT_MODE=none with tables that are not InnoDB: without a lock their part of a commit can"
          + " be in the copy, or in its binary log, and not in both."),
  REPLICA_STOPPED(
      Consequence.RETRY, "The replica does not apply what its primary logs, so its data are old."),
  REPLICA_LAGGING(
      Consequence.RETRY,
      "The replica is further behind its primary than MAX_LAG, or nobody knows."),
  REPLICATION_HIDDEN(
      Consequence.WARN,
      "The server is or was a replica, and the account may not see how it fares."),
  FLUSH_TABLES_STALLS(
      Consequence.WARN,
      "SNAPSHOT_MODE=flush-tables: every commit waits while the lock waits for what runs long."),
  RELEASE_POINT_UNKNOWN(
      Consequence.WARN,
      "It is not known whether the driver makes its cut before it reports one, so commits wait until"
          + " the snapshot is ready."),
  REPLICA_WITHOUT_LOG(
      Consequence.NO_PITR, "A replica with log_slave_updates=OFF does not log what it applies."),
  REPLICA_APPLIES_IN_PARTS(
      Consequence.NO_PITR,
      "A replica with tables that cannot be rolled back: it applies a statement and its commit apart,"
          + " so the copy may hold rows of them that its position does not cover."),
  TABLES_WITHOUT_ROLLBACK(
      Consequence.WARN,
      "What an open transaction has written to tables that cannot be rolled back, after it wrote to"
          + " InnoDB, is in the copy although its position does not cover it."),
  LOGS_PURGED_SOON(
      Consequence.WARN,
      "The server may purge binary logs soon; what is not archived by then is lost."),
  TABLES_UNSEEN(
      Consequence.WARN,
      "Tables that cannot be looked at, such as those that are being changed just now: nobody knows"
          + " what they are."),
  KEYS_OUT_OF_REACH(
      Consequence.WARN,
      "The data are encrypted, and restore-job cannot start a server with their keys by itself."),
  MEMORY_TABLES(
      Consequence.WARN,
      "MEMORY tables are empty after a restore; their changes cannot be replayed."),
  REMOTE_TABLES(
      Consequence.WARN, "Tables whose data live on other servers are not part of the snapshot."),
  LONG_STATEMENTS(Consequence.WARN, "Statements are running that may make the backup stage wait.");

  /// What a finding does to the run.
  enum Consequence {
    USAGE("stops, exit 2: the settings must change"),
    REFUSE("stops, exit 3: not safe as it is"),
    RETRY("stops, exit 1: a later run may find it well"),
    NO_PITR("goes on; the snapshot is labelled pitr=no"),
    WARN("goes on with a warning");

    private final String meaning;

    Consequence(String meaning) {
      this.meaning = meaning;
    }

    String meaning() {
      return meaning;
    }

    /// The exit code, if the run must stop.
    Optional<ExitCode> exit() {
      return switch (this) {
        case USAGE -> Optional.of(ExitCode.USAGE);
        case REFUSE -> Optional.of(ExitCode.REFUSED);
        case RETRY -> Optional.of(ExitCode.FAILED);
        case NO_PITR, WARN -> Optional.empty();
      };
    }
  }

  private final Consequence consequence;
  private final String sentence;

  PreflightRule(Consequence consequence, String sentence) {
    this.consequence = consequence;
    this.sentence = sentence;
  }

  Consequence consequence() {
    return consequence;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String sentence() {
    return sentence;
  }
}
