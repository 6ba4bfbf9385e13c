package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveFormatException;
import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.objects.ObjectStoreFailure;
import dev.snapshotjobs.common.objects.ObjectStoreReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/// What to do about an object of the archive that is not what it should be.
final class Unreadable {
  private Unreadable() {}

  /// The end of a run that needs what the object should say.
  static JobException of(IOException e) {
    if (e.getCause() instanceof ObjectStoreFailure failure
        && failure.reason() == ObjectStoreReason.CUT_OFF) {
      return failure.toJobException(); // the object itself may be whole
    }
    return JobException.refused(
        ArchiverReason.ARCHIVE_UNREADABLE, String.valueOf(e.getMessage()), nextStep(e), e);
  }

  static JobException of(UncheckedIOException e) {
    return of(Objects.requireNonNull(e.getCause()));
  }

  private static String nextStep(IOException e) {
    return e instanceof ArchiveFormatException format && format.fault() == Fault.MISPLACED
        ? "move it away, out of binlogs/, and find out who put it there; if another object was"
            + " under that key, bring it back from a version of the bucket"
        : "look at what the message names; nothing of it is overwritten";
  }
}
