package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.config.Checked;
import dev.snapshotjobs.common.config.Problems;
import picocli.CommandLine.Option;

/// Whether what is written for good is locked in the bucket.
public final class LockOptions implements Checked {
  private static final int MOST_DAYS = 36_500;

  @Option(
      names = "--lock-days",
      description =
          "Nobody may delete sealed logs, their manifests and catalogue entries for so many days;"
              + " the bucket must have Object Lock.")
  private int days;

  @Option(
      names = "--lock-mode",
      description =
          "Who may lift that lock: governance, by a right of its own, or compliance, nobody.")
  private ObjectLock.Mode mode = ObjectLock.Mode.GOVERNANCE;

  public LockTerm term() {
    return new LockTerm(days, mode);
  }

  @Override
  public void check(Problems problems) {
    if (days < 0 || days > MOST_DAYS) {
      problems.add("--lock-days", "is " + days, "0 (no lock) to " + MOST_DAYS);
    }
  }
}
