package dev.snapshotjobs.benchmarks;

import java.time.Instant;

/// A bare VolumeSnapshot: what the storage alone costs. Its copy is crash-consistent.
final class WithoutLock implements SnapshotMethod {
  private final Snapshots snapshots;

  WithoutLock(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public int rowsBefore() {
    return AS_MANY_AS_THE_JOB;
  }

  @Override
  public Taken take(Runnable beforeLock) throws InterruptedException {
    String name = snapshots.newName();
    beforeLock.run();
    Instant cutSeen = snapshots.createAndAwaitCut(name);
    return new Taken(name, cutSeen, new Cost.Bare(new Locking.Nothing()));
  }
}
