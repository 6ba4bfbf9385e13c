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
  RESTORED("The data are where they shall be, and ready to be put in service."),
  NO_SUCH_RESTORE("The bucket does not have what the container shall restore."),
  COPY_DIFFERS("The copy is not what its snapshot says."),
  COPY_BEGUN("A restore was begun on this copy, and cannot go on."),
  SERVER_DIED("The server of the restore has ended."),
  REPLAY_FAILED("The replay did not lead where the plan does."),
  DATA_DAMAGED("The restored data are not whole.");

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
