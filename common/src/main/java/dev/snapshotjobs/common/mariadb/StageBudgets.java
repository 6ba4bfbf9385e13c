package dev.snapshotjobs.common.mariadb;

import java.time.Duration;

/// How long one attempt may wait for the backup stage, and how long commits may be blocked by it.
public record StageBudgets(Duration lockWait, Duration maxHold) {
  public StageBudgets {
    if (lockWait.toMillis() < 1000 || maxHold.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "the server counts in seconds: at least 1s each, not " + lockWait + " and " + maxHold);
    }
  }
}
