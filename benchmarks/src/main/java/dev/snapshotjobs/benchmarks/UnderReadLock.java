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
  private int taken;

  UnderReadLock(Shop shop, Snapshots snapshots) {
    this.shop = shop;
    this.snapshots = snapshots;
  }

  @Override
  public Variant variant() {
    return Variant.READ_LOCK;
  }

  @Override
  public int rowsBefore() {
    return AS_MANY_AS_THE_JOB;
  }

  @Override
  public Taken take() throws SQLException, InterruptedException {
    String name = "read-lock-" + ++taken;
    try (Connection connection = shop.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("FLUSH TABLES WITH READ LOCK");
      long granted = System.nanoTime();
      Instant cutSeen = snapshots.createAndAwaitCut(name);
      statement.execute("UNLOCK TABLES");
      Duration hold = Duration.ofNanos(System.nanoTime() - granted);
      return new Taken(name, cutSeen, new Cost.Lock(hold));
    }
  }
}
