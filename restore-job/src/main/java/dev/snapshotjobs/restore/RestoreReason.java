package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.Reason;
import java.util.Locale;

/// Why a run of restore-job ended as it did.
enum RestoreReason implements Reason {
  FOUND("What was looked for is in the archive."),
  NOTHING_FOUND("Nothing of the kind is in the archive."),
  SEARCHED_IN_PART("Some of the archive could not be searched."),
  PLANNED("This is what a recovery would give; nothing was touched."),
  PLANNED_IN_PART("This is what a recovery would give, and not all that was archived."),
  REPORTED("What can be recovered was told."),
  UNREACHABLE("Nothing that is archived leads there."),
  AMBIGUOUS("Several histories have it."),
  ARCHIVE_DAMAGED("Something in the archive is not what it should be."),
  NOTHING_ARCHIVED("The bucket has no binary log of this instance."),
  INSPECTED("The copy is what its snapshot says."),
  NO_SUCH_RESTORE("The bucket does not have what the container shall restore."),
  COPY_DIFFERS("The copy is not what its snapshot says."),
  COPY_BEGUN("A restore was begun on this copy, and cannot go on."),
  SERVER_DIED("The server of the restore has ended."),
  REPLAY_FAILED("The replay did not lead where the plan does."),
  DATA_DAMAGED("The restored data are not whole."),
  RESTORED("The data are on a volume of their own, and were proven to be what was planned."),
  RESTORED_IN_PART("All that could be reached is restored, and not all that was archived."),
  ALREADY_RESTORED("An earlier run has restored it; nothing was touched."),
  WOULD_CLONE("This snapshot would become a volume; nothing was touched."),
  NO_SUCH_SNAPSHOT("The catalogue has no snapshot of this name."),
  OTHER_PLAN("Another plan has this id."),
  NAME_TAKEN("Something else has the name that an object of the restore would have."),
  OWN_POD_UNKNOWN("The pod that this run is in was not found."),
  STORAGE_CLASS_UNFIT("The storage class cannot make a volume from the snapshot."),
  NO_SERVER_IMAGE("Nobody knows which image the server of the restore shall have."),
  NO_ENCRYPTION_KEYS("The file with the keys of encrypted data was not found."),
  NO_SOURCE("The StatefulSet of the source was not found, or is not one that can be copied."),
  SELECTED_BY_SERVICE("A Service would send clients to the restored server."),
  SNAPSHOT_NOT_READY("The snapshot did not become ready in time."),
  NOT_STARTED("Volume or server of the restore did not come up in time."),
  RESTORE_REFUSED("A step of the restore has found out that it cannot be done."),
  RESTORE_FAILED("The restore failed; its volume stays in quarantine."),
  ATTEMPTS_EXHAUSTED("No copy of the snapshot could be brought to the end."),
  SERVER_NOT_READY("The restored server did not become ready in time."),
  CLUSTER_UNREACHABLE("The Kubernetes API could not be asked.");

  private final String sentence;

  RestoreReason(String sentence) {
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
