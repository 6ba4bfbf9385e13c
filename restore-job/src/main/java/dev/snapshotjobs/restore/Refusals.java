package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.JobException;

/// What a restore refuses in more than one place.
final class Refusals {
  private Refusals() {}

  /// There is something of the name that its own object would have.
  static JobException foreign(String kind, String name) {
    return JobException.refused(
        RestoreReason.NAME_TAKEN,
        "%s %s is there and is not of this restore".formatted(kind, name),
        "give another --restore-id");
  }
}
