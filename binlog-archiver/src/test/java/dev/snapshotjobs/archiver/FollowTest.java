package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.archiver.ArchivedServer.Ended;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.S3FaultRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the server logs while a run follows it.
class FollowTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  private final StopSignal stop = new StopSignal();

  /// How far the run's clock is ahead, so that no test waits for the end of an hour.
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  /// The keys that the archiver has written, in their order.
  private final BlockingQueue<String> written = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
    listen();
  }

  private void listen() {
    shop.s3
        .faults()
        .add(
            Hook.after("PutObject|CompleteMultipartUpload", "/tail/", () -> written.add("tail"))
                .always());
    shop.s3
        .faults()
        .add(
            Hook.after("PutObject", "/binlogs/\\d+/[^/]+[.]json", () -> written.add("document"))
                .always());
    shop.s3
        .faults()
        .add(Hook.after("ListObjects.*", "tail", () -> written.add("listing")).always());
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
  }

  private CompletableFuture<Ended> follow() {
    return CompletableFuture.supplyAsync(
        () ->
            shop.run(
                Map.of(),
                stop,
                () -> Instant.now().plus(ahead.get()),
                "--follow",
                "1h",
                "--tail-interval",
                "1s"),
        task -> Thread.ofPlatform().start(task));
  }

  /// Lets the hour pass.
  private Ended end(CompletableFuture<Ended> run) throws Exception {
    ahead.set(Duration.ofHours(1));
    return run.get(1, TimeUnit.MINUTES);
  }

  private interface Action {
    void run() throws Exception;
  }

  private void awaitTail(Action action) throws Exception {
    await("tail", action);
  }

  private void awaitDocument(Action action) throws Exception {
    await("document", action);
  }

  /// Waits until something of this kind is written, from the beginning of the action on.
  private void await(String what, Action action) throws Exception {
    written.clear();
    action.run();
    String next;
    do {
      next = written.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("written within a minute: " + what).isNotNull();
    } while (!what.equals(next));
  }

  private void awaitAllOf(String log) throws Exception {
    while (tail(log).end() < shop.server.offset()) {
      assertThat(written.poll(60, TimeUnit.SECONDS)).as("written within a minute").isNotNull();
    }
  }

  /// A run that has written its first chunk.
  private CompletableFuture<Ended> following() throws Exception {
    List<CompletableFuture<Ended>> run = new ArrayList<>();
    awaitTail(() -> run.add(follow()));
    return run.getFirst();
  }

  private TailPrefix tail(String log) {
    return shop.archive.tail(TimelineId.FIRST, new LogName(log));
  }

  private void hasEveryByteOf(int timeline, String log) throws Exception {
    assertThat(shop.tail(timeline, log)).isEqualTo(shop.onServer(log));
  }

  @Test
  void archivesWhatIsLoggedWhileItFollowsAndSealsWhatIsClosed() throws Exception {
    shop.write(3);
    CompletableFuture<Ended> run = following();
    awaitTail(() -> shop.write(3));
    String closed = shop.server.logs().getLast();
    awaitDocument(shop.server::rotate);
    awaitTail(() -> shop.write(3));

    Ended ended = end(run);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("1 logs sealed", "all that the server had logged");
    assertThat(shop.sealed(1, closed)).isEqualTo(shop.onServer(closed));
    hasEveryByteOf(1, shop.server.logs().getLast());
    LogIndex index = shop.archive.index(TimelineId.FIRST, new LogName(closed)).orElseThrow();
    assertThat(index.marks().all()).as("marks outlive the chunks").isNotEmpty();
  }

  @Test
  void marksUpToWhenAServerThatIsQuietHasLoggedNothing() throws Exception {
    shop.write(3);
    shop.run();
    String active = shop.server.logs().getLast();

    Instant before = Instant.now();
    Ended ended = shop.run("--follow", "3s", "--tail-interval", "1s");
    Ended again = shop.run("--follow", "3s", "--tail-interval", "1s");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(again.exit()).as(again.err()).isZero();
    TailPrefix tail = tail(active);
    assertThat(tail.tailMarks()).as("the last one says all").hasSize(1);
    Mark last = tail.marks().all().getLast();
    assertThat(last.caughtUp()).isTrue();
    assertThat(last.offset()).isEqualTo(tail.end());
    assertThat(last.at()).isAfter(before.plusSeconds(3));
  }

  @Test
  void goesOnWhenTheServerWasRestarted() throws Exception {
    shop.write(3);
    CompletableFuture<Ended> run = following();
    String closed = shop.server.logs().getLast();
    awaitDocument(
        () -> {
          shop.server.kill();
          shop.server.startAgain();
        });
    awaitTail(() -> shop.write(3));

    Ended ended = end(run);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.archive.ids()).hasSize(1);
    assertThat(shop.sealed(1, closed)).isEqualTo(shop.onServer(closed));
    hasEveryByteOf(1, shop.server.logs().getLast());
    assertThat(ended.err()).contains("the following was interrupted and begins again");
  }

  /// A dump of the first log does not notice that its file is gone.
  @Test
  void findsOutThatTheLogsWereReset() throws Exception {
    shop.write(3);
    CompletableFuture<Ended> run = following();
    awaitDocument(
        () -> {
          shop.server.run("RESET MASTER");
          shop.write(30);
        });
    awaitTail(() -> shop.write(3));

    Ended ended = end(run);

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(shop.archive.ids()).hasSize(2);
    hasEveryByteOf(2, shop.server.logs().getLast());
  }

  @Test
  void goesOnWhenTheStoreOrItsConnectionFailedForAMoment() throws Exception {
    shop.write(3);
    CompletableFuture<Ended> run = following();
    shop.s3.faults().add(S3FaultRule.answer("PutObject", "/tail/", 503, "SlowDown").times(8));
    awaitTail(() -> shop.write(3));
    await(
        "listing", // of what is archived of the log: it is read again
        () ->
            shop.server.run(
                "BEGIN NOT ATOMIC FOR one IN (SELECT id FROM information_schema.processlist"
                    + " WHERE user = 'binlog_archiver') DO KILL one.id; END FOR; END"));
    awaitTail(() -> shop.write(3));

    Ended ended = end(run);

    assertThat(ended.exit()).as(ended.err()).isZero();
    hasEveryByteOf(1, shop.server.logs().getLast());
  }

  @Test
  void isEndedByASignalAndTheNextRunGoesOn() throws Exception {
    shop.write(3);
    CompletableFuture<Ended> run = following();
    shop.write(3);

    stop.request(StopSignal.Cause.SIGNAL);

    assertThat(run.get(30, TimeUnit.SECONDS).exit()).isEqualTo(143);
    Ended next = shop.run();
    assertThat(next.exit()).as(next.err()).isZero();
    hasEveryByteOf(1, shop.server.logs().getLast());
  }

  @Test
  void hasLargeEventsWithinSecondsToo() throws Exception {
    shop.server.run("CREATE TABLE shop.files (content LONGTEXT)");
    shop.write(3);
    CompletableFuture<Ended> run = following();
    shop.server.run("SET SESSION binlog_format = ROW");
    for (int megabytes : new int[] {3, 6, 14}) {
      shop.server.run(
          "INSERT INTO shop.files VALUES (REPEAT(SHA2(RAND(), 512), %d))"
              .formatted(megabytes * (1 << 20) / 128));
    }
    shop.write(3);
    awaitAllOf(shop.server.logs().getLast());

    Ended ended = end(run);

    assertThat(ended.exit()).as(ended.err()).isZero();
    String active = shop.server.logs().getLast();
    hasEveryByteOf(1, active);
    assertThat(tail(active).chunks())
        .as("one of its own for an event that is too large for memory")
        .anyMatch(chunk -> chunk.range().length() > 14 << 20);
  }

  @Test
  void saysAllThatIsWrongWithItsOptions() {
    Ended ended = shop.run("--follow", "6h", "--tail-interval", "2h");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message())
        .contains(
            "2 problems", "--follow", "less than --deadline (6h)", "--tail-interval", "1s to 1h");
    assertThat(shop.keys()).isEmpty();
  }
}
