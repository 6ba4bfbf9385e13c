package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says every few seconds how far a replay is. Not for several threads.
final class ReplayProgress {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayProgress.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final long total;
  private @Nullable Instant began;
  private @Nullable Instant told;
  private long bytesAtBegin;
  private long bytes;
  private long transactions;

  private ReplayProgress(long total) {
    this.total = total;
  }

  static ReplayProgress of(List<ArchivedLog> logs, long end) {
    long whole =
        logs.subList(0, logs.size() - 1).stream().mapToLong(log -> log.content().size()).sum();
    return new ReplayProgress(whole + end);
  }

  void reached(RelayLog log, Instant now) {
    bytes = log.bytes();
    transactions = log.transactions();
    tell(bytes, now);
  }

  void tell(RestoreServer.Applier applier, Instant now) {
    tell(bytes + applier.offset(), now);
  }

  private void tell(long at, Instant now) {
    if (began == null || told == null) {
      began = now;
      told = now;
      bytesAtBegin = at;
      return;
    }
    if (Duration.between(told, now).compareTo(EVERY) < 0) {
      return;
    }
    told = now;
    double seconds = Math.max(1, Duration.between(began, now).toMillis()) / 1000.0;
    double rate = Math.max(1, (at - bytesAtBegin) / seconds);
    LOG.atInfo()
        .addKeyValue("bytes", at)
        .addKeyValue("total_bytes", total)
        .addKeyValue("transactions", transactions)
        .addKeyValue("bytes_per_second", Math.round(rate))
        .addKeyValue("eta_s", Math.round(Math.max(0, total - at) / rate))
        .log("replaying");
  }
}
