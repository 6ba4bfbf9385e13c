package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A run that is asked to stop, at its first request to the store, at its second, and so on, with a
/// log of several parts. However the stop meets it, that is what it says: a status of 2 or 3 would
/// keep the Job from going on.
class StoppedTest {
  private static final int REQUESTS = 60;
  private static final long SEED = Long.getLong("stop.seed", 1L);

  @Test
  void saysThatItWasStoppedWhereverThatIs() throws Exception {
    Random random = new Random(SEED);
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.server.run("CREATE TABLE shop.large (content BLOB) ENGINE=Aria");
      int at = 1;
      int stopped = 0;
      for (boolean again = true; again && at < REQUESTS; at++) {
        if (at % 20 == 1) {
          writeLarge(shop);
        }
        AtomicInteger requests = new AtomicInteger();
        StopSignal stop = new StopSignal();
        int which = at;
        long nanos = random.nextLong(30_000_000);
        Runnable ask =
            () -> {
              if (requests.incrementAndGet() == which) {
                CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS)
                    .execute(() -> stop.request(StopSignal.Cause.SIGNAL));
              }
            };
        shop.s3.faults().add(Hook.before(".*", ".*", ask).always());
        ArchivedServer.Ended ended = shop.run(Map.of(), stop);
        shop.s3.faults().clear();

        assertThat(ended.exit()).as("stopped at request %d: %s", at, ended.err()).isIn(0, 143);
        stopped += ended.exit() == 143 ? 1 : 0;
        again = requests.get() >= which;
      }

      ArchivedServer.Ended ended = shop.run();

      assertThat(stopped).isGreaterThan(20);
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(shop.archive.ids()).hasSize(1);
      for (String log : shop.server.logs().subList(0, shop.server.logs().size() - 1)) {
        assertThat(shop.sealed(1, log)).as(log).isEqualTo(shop.onServer(log));
      }
    }
  }

  /// 24 MiB that cannot be compressed: a part of the upload has 8.
  private static void writeLarge(ArchivedServer shop) throws Exception {
    shop.server.run(
        "INSERT INTO shop.large SELECT RANDOM_BYTES(1024) FROM shop.seq_1_to_24576",
        "TRUNCATE TABLE shop.large");
    shop.server.rotate();
  }
}
