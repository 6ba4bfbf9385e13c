package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.job.JobException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What a restore is made from.
///
/// @param plan empty where nothing is replayed
record RestoreSource(CatalogueEntry entry, Optional<PlanDocument> plan) {
  static RestoreSource read(BucketReader documents, CopyOptions copy) throws IOException {
    Optional<PlanDocument> plan = Optional.empty();
    if (copy.restore().isPresent()) {
      plan = documents.plan(copy.restore().get());
      if (plan.isEmpty()) {
        throw JobException.misconfigured(
            RestoreReason.NO_SUCH_RESTORE,
            "the bucket has no plan for the restore " + copy.restore().get(),
            "this container is one of a restore's own pod; begin one with restore-job pitr");
      }
    }
    String snapshot = plan.map(found -> found.base().snapshot()).or(copy::snapshot).orElseThrow();
    Optional<CatalogueEntry> entry = documents.snapshot(snapshot);
    if (entry.isEmpty()) {
      throw JobException.misconfigured(
          RestoreReason.NO_SUCH_RESTORE,
          "the catalogue has no snapshot " + snapshot,
          "take one that restore-job windows shows");
    }
    String uid = entry.get().snapshot().uid();
    if (plan.filter(found -> !found.base().uid().equals(uid)).isPresent()) {
      throw JobException.refused(
          RestoreReason.COPY_DIFFERS,
          "the catalogue has another snapshot of the name " + snapshot + " than the plan",
          "make a new plan: restore-job plan");
    }
    return new RestoreSource(entry.get(), plan);
  }

  /// Where the data end, as it was recorded under the lock; empty without one.
  Optional<GtidState> recordedState() {
    return plan.map(found -> found.base().start())
        .or(entry::binlogState)
        .filter(_ -> entry.place().isPresent());
  }

  /// Whether this very restore has left it.
  boolean owns(CopyMarker marker, CopyOptions options) {
    return marker.isOf(options.id(), entry.snapshot().uid());
  }

  /// Where the binary logs of the copy are, whose data lie elsewhere than they did.
  Path logBase(Path dataDir) {
    ServerArguments recorded = new ServerArguments(ServerArguments.settings(entry), dataDir);
    Path base = recorded.logBase();
    return base.startsWith(recorded.dataDir())
        ? dataDir.resolve(recorded.dataDir().relativize(base))
        : base;
  }

  RecoveredCopy copy(Path dataDir) {
    return new RecoveredCopy(dataDir, logBase(dataDir));
  }
}
