package dev.snapshotjobs.common.mariadb;

import java.time.Duration;

/// How long one attempt may wait for a commit lock, and how long commits may be blocked by it.
public record LockBudgets(Duration lockWait, Duration maxHold) {
  public LockBudgets {
    if (lockWait.toMillis() < 1000 || maxHold.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "the server counts in seconds: at least 1s each, not " + lockWait + " and " + maxHold);
    }
  }
}
