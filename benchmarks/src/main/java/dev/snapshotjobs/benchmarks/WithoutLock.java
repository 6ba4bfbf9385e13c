package dev.snapshotjobs.benchmarks;

/// A bare VolumeSnapshot: what the storage alone costs. Its copy is crash-consistent.
final class WithoutLock implements SnapshotMethod {
  private final Snapshots snapshots;
  private int taken;

  WithoutLock(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public Variant variant() {
    return Variant.NO_LOCK;
  }

  @Override
  public int rowsBefore() {
    return AS_MANY_AS_THE_JOB;
  }

  @Override
  public Taken take() throws InterruptedException {
    String name = "without-lock-" + ++taken;
    return new Taken(name, snapshots.createAndAwaitCut(name), new Cost.Nothing());
  }
}
