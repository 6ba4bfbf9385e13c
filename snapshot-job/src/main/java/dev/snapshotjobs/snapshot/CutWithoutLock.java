package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.InstanceLease;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.report.Phase;
import java.time.Duration;

/// The cut of mode `none`. Nobody waits for it, so an error of the storage is waited out: its
/// controller tries again, and a cut is as good late as early.
final class CutWithoutLock {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final Run run;
  private final VolumeSnapshots snapshots;
  private final InstanceLease lease;
  private final Duration timeout;
  private final Creation creation;

  CutWithoutLock(Run run, VolumeSnapshots snapshots, InstanceLease lease, Duration timeout) {
    this.run = run;
    this.snapshots = snapshots;
    this.lease = lease;
    this.timeout = timeout;
    this.creation = new Creation(snapshots, run.id());
  }

  Cut take(VolumeSnapshots.Draft draft) throws InterruptedException {
    try (SnapshotWatch watch = snapshots.watch(draft.name())) {
      VolumeSnapshot created;
      try (Phase _ = run.report().phase("create")) {
        creation.rehearse(draft, watch);
        created = creation.createOrRecognise(draft);
        run.report().object(Conclusions.reference(created));
      } catch (KubernetesFailure failure) {
        return Creation.refused(failure);
      }
      try (Phase _ = run.report().phase("cut")) {
        return awaitCut(created, watch);
      }
    }
  }

  private Cut awaitCut(VolumeSnapshot created, SnapshotWatch watch) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    String news = "";
    while (System.nanoTime() < deadline) {
      run.stop().throwIfRequested();
      lease.renew();
      switch (watch.look(LOOK_AGAIN).of(created)) {
        case SnapshotWatch.Sight.Gone() -> {
          return gone(created);
        }
        case SnapshotWatch.Sight.Present(VolumeSnapshot now) when now.isCut() -> {
          return new Cut.WithoutLock(now, run.clock().instant());
        }
        case SnapshotWatch.Sight.Present(VolumeSnapshot now) -> news = Creation.news(now);
        case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) when !failure.isTransient() ->
            throw failure;
        case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) ->
            news = String.valueOf(failure.getMessage());
      }
    }
    return new Cut.Missed(created, SnapshotReason.CUT_NOT_SEEN, news);
  }

  private static Cut gone(VolumeSnapshot created) {
    return new Cut.Missed(
        created, SnapshotReason.SNAPSHOT_GONE, "it was deleted while the cut was awaited");
  }
}
