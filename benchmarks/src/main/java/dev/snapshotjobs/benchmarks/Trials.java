package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.sandbox.Sandbox;
import dev.snapshotjobs.sandbox.SnapshotPause;
import dev.snapshotjobs.sandbox.WriteLoad;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Runs one trial after the other, each with a load of its own.
final class Trials {
  /// Between what is measured: the stall is over and the writers have found their pace again.
  private static final int ROWS_BETWEEN = 500;

  /// What the job's process lasts, more or less. Where something waits for a long statement, its
  /// control need not last as long.
  private static final Duration LONGEST_QUIET = Duration.ofSeconds(3);

  private final Sandbox sandbox;
  private final Shop shop;
  private final Snapshots snapshots;

  Trials(Sandbox sandbox, Shop shop, Snapshots snapshots) {
    this.sandbox = sandbox;
    this.shop = shop;
    this.snapshots = snapshots;
  }

  private record Window(long startNanos, long endNanos) {
    Duration length() {
      return Duration.ofNanos(endNanos - startNanos);
    }

    boolean contains(long nanos) {
      return nanos >= startNanos && nanos < endNanos;
    }
  }

  Trial run(Turn turn) throws SQLException, InterruptedException {
    SnapshotMethod method = method(turn.variant());
    SnapshotMethod.Taken taken;
    Trial trial;
    try (WriteLoad load = shop.startLoad(method.rowsBefore())) {
      Window busy;
      try (LongUpdate update = LongUpdate.open(shop)) {
        long start = System.nanoTime();
        taken = method.take(beforeLock(turn.situation(), update));
        busy = new Window(start, System.nanoTime());
      }
      load.awaitMore(ROWS_BETWEEN);
      Window quiet = letPass(busy.length(), load);
      load.stop();
      if (!load.failures().isEmpty()) {
        throw new IllegalStateException("a writer failed", load.failures().getFirst());
      }
      trial = evaluate(load, busy, taken, quiet);
    }
    snapshots.remove(taken.snapshot());
    return trial;
  }

  private SnapshotMethod method(Variant variant) {
    return switch (variant) {
      case BACKUP_STAGE, FLUSH_TABLES, NONE -> new ByJob(sandbox, shop, snapshots, variant);
      case NO_LOCK -> new WithoutLock(snapshots);
      case READ_LOCK -> new UnderReadLock(shop, snapshots);
    };
  }

  private static Runnable beforeLock(Situation situation, LongUpdate update) {
    return switch (situation) {
      case IDLE -> () -> {};
      case LONG_UPDATE -> update::begin;
    };
  }

  /// A window that the load fills with commits, and that one more commit closes.
  private static Window letPass(Duration atMost, WriteLoad load) throws InterruptedException {
    Duration length = atMost.compareTo(LONGEST_QUIET) < 0 ? atMost : LONGEST_QUIET;
    long start = System.nanoTime();
    Window window = new Window(start, start + length.toNanos());
    do {
      load.awaitMore(Shop.WRITERS);
    } while (window.contains(System.nanoTime()));
    load.awaitMore(Shop.WRITERS);
    return window;
  }

  private Trial evaluate(WriteLoad load, Window busy, SnapshotMethod.Taken taken, Window quiet) {
    List<SnapshotPause> pauses =
        sandbox.pauses().stream().filter(pause -> busy.contains(pause.startNanos())).toList();
    WriteLoad.Stall stall = load.longestStall(busy.startNanos(), busy.endNanos());
    return new Trial(
        new Trial.Stall(stall.length(), stall.without(pauses)),
        new Trial.Storage(
            Duration.between(lastCreation(), taken.cutSeen()),
            pauses.stream().map(SnapshotPause::duration).reduce(Duration.ZERO, Duration::plus)),
        taken.cost(),
        new Trial.Quiet(
            quiet.length(),
            load.longestStall(quiet.startNanos(), quiet.endNanos()).length(),
            load.commits().stream()
                .filter(commit -> quiet.contains(commit.acknowledgedNanos()))
                .count()));
  }

  /// When the request for the newest VolumeSnapshot reached the API: one clock for all variants.
  private Instant lastCreation() {
    return sandbox.requests().reversed().stream()
        .filter(r -> r.verb().equals("POST") && r.path().endsWith("/volumesnapshots"))
        .findFirst()
        .orElseThrow()
        .time();
  }
}
