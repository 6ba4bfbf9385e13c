package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;

/// Makes and removes the benchmark's own VolumeSnapshots; follows them as snapshot-job does, so
/// that no variant learns of its cut earlier than another.
final class Snapshots {
  static final String CLASS = "sandbox";

  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final VolumeSnapshots snapshots;
  private final String claim;
  private int named;

  Snapshots(VolumeSnapshots snapshots, String claim) {
    this.snapshots = snapshots;
    this.claim = claim;
  }

  String newName() {
    return "bare-" + ++named;
  }

  /// Returns when it saw that the storage has made its cut.
  Instant createAndAwaitCut(String name) throws InterruptedException {
    snapshots.create(new VolumeSnapshots.Draft(name, claim, CLASS, Map.of(), Map.of()));
    await(name, sight -> sight instanceof SnapshotWatch.Sight.Present(var now) && now.isCut());
    return Instant.now();
  }

  /// Returns when its storage is freed, so that this work is not in the next measurement.
  void remove(String name) throws InterruptedException {
    snapshots.delete(find(name));
    await(name, sight -> sight instanceof SnapshotWatch.Sight.Gone);
  }

  VolumeSnapshot find(String name) {
    return snapshots.find(name).orElseThrow(() -> new IllegalStateException(name + " is gone"));
  }

  private void await(String name, Predicate<SnapshotWatch.Sight> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + AT_MOST.toNanos();
    try (SnapshotWatch watch = snapshots.watch(name)) {
      SnapshotWatch.Sight sight = watch.look(LOOK_AGAIN);
      while (!wanted.test(sight)) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("waited too long for " + name + ": " + sight);
        }
        sight = watch.look(LOOK_AGAIN);
      }
    }
  }
}
