package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import java.time.Duration;

/// How long a replay takes, as far as one can know beforehand: what was measured with 2 cores and
/// without durable commits, on transactions of a shop. Large ones are bound by bytes, small ones by
/// their number. The volume and the start of the server come on top.
record ReplayEstimate(long bytes, long transactions) {
  static final long BYTES_PER_SECOND = 26_000_000;
  static final long TRANSACTIONS_PER_SECOND = 16_000;

  static ReplayEstimate of(RecoveryPlan plan) {
    long transactions = 0;
    for (ArchivedLog log : plan.logs()) {
      boolean last = log.log().equals(plan.cut().log());
      double part = last ? (double) plan.cut().offset() / Math.max(1, log.content().size()) : 1;
      transactions += Math.round(log.content().transactions() * Math.min(1, part));
    }
    return new ReplayEstimate(plan.bytes(), transactions);
  }

  Duration duration() {
    long seconds =
        Math.max(
            Math.ceilDiv(bytes, BYTES_PER_SECOND),
            Math.ceilDiv(transactions, TRANSACTIONS_PER_SECOND));
    return Duration.ofSeconds(Math.max(1, seconds));
  }
}
