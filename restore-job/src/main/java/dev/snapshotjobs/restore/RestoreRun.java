package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.restore.Preparation.Prepared;
import dev.snapshotjobs.restore.Restoring.Restored;
import java.util.Optional;

/// What `pitr` and `clone` have in common: look at the cluster, carry out, report.
final class RestoreRun {
  private static final String IN_SERVICE =
      "put it in service: docs/how-to/put-a-restored-volume-in-service.md";

  private final RestoreObjects objects;
  private final BaseSnapshots snapshots;
  private final Patience patience;
  private final RestoreSettings settings;
  private final Run run;

  RestoreRun(Cluster cluster, String namespace, RestoreSettings settings, Run run) {
    this.patience = new Patience(run);
    this.objects = new RestoreObjects(cluster, namespace);
    this.snapshots = new BaseSnapshots(cluster, namespace, patience);
    this.settings = settings;
    this.run = run;
  }

  Prepared prepare(Restore restore) {
    try (Phase _ = run.report().phase("preflight")) {
      return preparation().prepare(restore);
    }
  }

  /// The id of what an earlier pod of the same Job has begun.
  Optional<String> begun(String instance) {
    return preparation().begun(instance);
  }

  /// The uid of the Job that has started this pod; empty if none has.
  Optional<String> startedBy() {
    return preparation().startedBy();
  }

  private Preparation preparation() {
    return new Preparation(objects, snapshots, settings, run);
  }

  Conclusion carryOut(Prepared prepared) throws InterruptedException {
    Restored restored = new Restoring(objects, snapshots, patience, run).restore(prepared);
    boolean served = false;
    if (prepared.serving().isPresent()) {
      served =
          new Serving(objects, patience, run)
              .serve(prepared.serving().get(), settings.limits().start());
    }
    Restore restore = prepared.restore();
    snapshots.leftovers(restore).ifPresent(run.report()::warn);
    String where = "PersistentVolumeClaim %s/%s".formatted(objects.namespace(), restore.id());
    if (!restored.byThisRun() && !served) {
      return new Conclusion(
          ExitCode.DONE,
          "nothing-to-do",
          RestoreReason.ALREADY_RESTORED,
          "%s is restored in %s already".formatted(what(restore), where),
          IN_SERVICE);
    }
    String server =
        prepared.serving().map(draft -> ", served by StatefulSet " + draft.name()).orElse("");
    String more = restored.message().isEmpty() ? "" : ": " + restored.message();
    return new Conclusion(
        ExitCode.DONE,
        "restored",
        RestoreReason.RESTORED,
        "%s is restored in %s%s%s".formatted(what(restore), where, server, more),
        IN_SERVICE);
  }

  private static String what(Restore restore) {
    String snapshot = restore.base().snapshot().name();
    return switch (restore.purpose()) {
      case Restore.Purpose.Recovery(var plan) ->
          "GTID %s of timeline %s (%s, from snapshot %s)"
              .formatted(plan.end().position(), plan.timeline(), plan.target(), snapshot);
      case Restore.Purpose.Clone() -> "snapshot " + snapshot;
    };
  }

  /// What the cluster says of the snapshot that a restore begins with.
  ClusterSnapshots.Standing standing(CatalogueEntry base) {
    return snapshots
        .find(base)
        .map(
            found ->
                found.status().readyToUse()
                    ? ClusterSnapshots.Standing.READY
                    : ClusterSnapshots.Standing.NOT_READY)
        .orElse(ClusterSnapshots.Standing.GONE);
  }

  Optional<String> restoreId() {
    return settings.restoreId();
  }
}
