package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Reason;
import java.util.Locale;

/// Why a run of snapshot-job ended as it did, apart from what the preflight found.
enum SnapshotReason implements Reason {
  SNAPSHOT_CONSISTENT("The snapshot is consistent and ready."),
  SNAPSHOT_CRASH_CONSISTENT("The snapshot was cut without a lock, as asked for, and is ready."),
  SNAPSHOT_PLANNED("A dry run: nothing was touched."),
  LOCK_NOT_PROVEN("The storage made the cut, but it is not proven that the lock was held."),
  LOCK_NEEDED("The server changed, so that a copy without a lock is not enough any more."),
  CATALOGUE_MISSING(
      "The snapshot is good and ready, but its catalogue entry could not be written."),
  CATALOGUE_CONFLICT("The snapshot is good, but its name is taken in the catalogue."),
  READY_DEADLINE("The cut is made and good, but the storage has not finished the snapshot yet."),
  TOO_SOON("The storage does not take another snapshot of this volume yet."),
  LOCK_NOT_ACQUIRED("The lock was not to be had within its budget."),
  LOCK_LOST("The lock ended before the storage made the cut."),
  CUT_FAILED("The storage reported an error instead of making the cut."),
  OTHER_SERVER("The lock would be taken on another server than the one that is snapshotted."),
  CUT_NOT_SEEN("The storage did not make the cut within the time that it has for it."),
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
