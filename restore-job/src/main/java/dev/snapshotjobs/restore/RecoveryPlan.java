package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.TimelineId;
import java.util.List;

/// What a recovery does: takes the base, and replays the logs up to the cut, which lies in the last
/// of them.
record RecoveryPlan(
    Target target, CatalogueEntry base, TimelineId timeline, List<ArchivedLog> logs, Cut cut) {
  RecoveryPlan {
    logs = List.copyOf(logs);
  }

  /// How much is replayed.
  long bytes() {
    long whole =
        logs.subList(0, logs.size() - 1).stream().mapToLong(log -> log.content().size()).sum();
    return whole + cut.offset();
  }
}
