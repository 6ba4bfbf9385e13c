package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Reason;
import java.util.Locale;

/// Why a run of snapshot-job ended as it did, apart from what the preflight found.
enum SnapshotReason implements Reason {
  SNAPSHOT_CONSISTENT("The snapshot is consistent and ready."),
  SNAPSHOT_PLANNED("A dry run: nothing was touched."),
  STAGE_NOT_PROVEN("The storage made the cut, but it is not proven that the stage was held."),
  READY_DEADLINE("The snapshot is consistent, but the storage has not finished it yet."),
  LOCK_NOT_ACQUIRED("The backup stage was not to be had within its budget."),
  STAGE_LOST("The backup stage ended before the storage made the cut."),
  CUT_FAILED("The storage reported an error instead of making the cut."),
  OTHER_SERVER("The lock would be taken on another server than the one that is snapshotted."),
  CUT_NOT_SEEN("The storage did not make the cut while the backup stage could be held."),
  SNAPSHOT_GONE("Somebody deleted or changed the VolumeSnapshot during the run."),
  NAME_TAKEN("The name of the VolumeSnapshot is taken by an object that is not of this run."),
  LEASE_BUSY("Another run works on this instance."),
  LEASE_LOST("Another run has taken over this instance."),
  ACCESS_DENIED("The database refused the account."),
  DATABASE_UNREACHABLE("The database did not answer."),
  CLUSTER_UNREACHABLE("The Kubernetes API did not carry out a request.");

  private final String sentence;

  SnapshotReason(String sentence) {
    this.sentence = sentence;
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
