package dev.snapshotjobs.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

/// The usual tool, used rightly: FLUSH TABLES WITH READ LOCK, held by one connection from before
/// the creation until the cut.
final class UnderReadLock implements SnapshotMethod {
  private final Shop shop;
  private final Snapshots snapshots;

  UnderReadLock(Shop shop, Snapshots snapshots) {
    this.shop = shop;
    this.snapshots = snapshots;
  }

  @Override
  public int rowsBefore() {
    return AS_MANY_AS_THE_JOB;
  }

  @Override
  public Taken take(Runnable beforeLock) throws SQLException, InterruptedException {
    String name = snapshots.newName();
    try (Connection connection = shop.connect();
        Statement statement = connection.createStatement()) {
      beforeLock.run();
      long asked = System.nanoTime();
      statement.execute("FLUSH TABLES WITH READ LOCK");
      long granted = System.nanoTime();
      Instant cutSeen = snapshots.createAndAwaitCut(name);
      statement.execute("UNLOCK TABLES");
      long released = System.nanoTime();
      Locking locking =
          new Locking.Commits(
              Duration.ofNanos(granted - asked), Duration.ofNanos(released - granted));
      return new Taken(name, cutSeen, new Cost.Bare(locking));
    }
  }
}
