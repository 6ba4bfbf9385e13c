package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.report.Phase;
import java.time.Duration;

/// The wait for `readyToUse`, hours for a first snapshot on some clouds. Holds nothing: the
/// snapshot is proven, and whoever stops this loses no more than the news of its end.
final class ReadyWait {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final Run run;
  private final VolumeSnapshots snapshots;
  private final Duration timeout;

  ReadyWait(Run run, VolumeSnapshots snapshots, Duration timeout) {
    this.run = run;
    this.snapshots = snapshots;
    this.timeout = timeout;
  }

  Conclusion await(VolumeSnapshot proven, Duration blockedFor) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    String news = "";
    try (Phase _ = run.report().phase("ready");
        SnapshotWatch watch = snapshots.watch(proven.name())) {
      while (true) {
        run.stop().throwIfRequested();
        switch (watch.look(remaining(deadline)).of(proven)) {
          case SnapshotWatch.Sight.Gone() -> {
            return Conclusions.goneWhileWaiting(proven);
          }
          case SnapshotWatch.Sight.Present(VolumeSnapshot now) when now.status().readyToUse() -> {
            return Conclusions.ready(now, blockedFor);
          }
          case SnapshotWatch.Sight.Present(VolumeSnapshot now) ->
              news =
                  now.status().error() == null ? "" : "the storage says: " + now.status().error();
          case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) when !failure.isTransient() ->
              throw failure;
          case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) ->
              news = String.valueOf(failure.getMessage());
        }
        if (System.nanoTime() >= deadline) {
          return Conclusions.notReadyInTime(proven, timeout, news);
        }
      }
    }
  }

  private static Duration remaining(long deadlineNanos) {
    Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    return left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
  }
}
