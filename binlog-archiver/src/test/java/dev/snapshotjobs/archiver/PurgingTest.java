package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.S3FaultRule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is removed from a real server, and what is not.
class PurgingTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
    shop.server.run(ArchivedServer.grant("binlog-archiver-purge"));
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  private List<String> writeLogs(int count) throws SQLException {
    List<String> closed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shop.write(3);
      closed.add(shop.server.rotate());
    }
    shop.write(1);
    return closed;
  }

  private void letTimePass(Duration time) {
    shop.clock = () -> Instant.now().plus(time);
  }

  private ObjectKey data(String log) {
    return shop.archive.key(new OfLog(TimelineId.FIRST, new LogName(log), LogPart.DATA));
  }

  private void replace(ObjectKey key, UnaryOperator<byte[]> change) {
    byte[] bytes;
    try (ObjectContent content = shop.store.get(key).orElseThrow()) {
      bytes = content.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    shop.store.delete(key);
    shop.store.putIfAbsent(key, change.apply(bytes), WriteOptions.BINARY);
  }

  @Test
  void purgesWhatIsSealedAndOldEnough() throws Exception {
    List<String> closed = writeLogs(4);
    byte[] oldest = shop.onServer(closed.getFirst());
    shop.run();
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge");
    ArchivedServer.Ended next = shop.run("--purge");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("3 logs purged");
    assertThat(shop.server.logs()).isEqualTo(before.subList(3, 5));
    assertThat(shop.sealed(1, closed.getFirst())).isEqualTo(oldest);
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(next.message()).contains("0 logs purged", "one of the newest 2");
    assertThat(shop.archive.ids()).hasSize(1);
  }

  @Test
  void keepsWhatIsYoung() throws Exception {
    writeLogs(4);
    List<String> before = shop.server.logs();

    ArchivedServer.Ended byDefault = shop.run("--purge");
    letTimePass(Duration.ofHours(3));
    ArchivedServer.Ended forHours = shop.run("--purge", "--keep-on-server", "4h");

    assertThat(byDefault.message()).contains("0 logs purged", "is kept from");
    assertThat(forHours.message()).contains("0 logs purged");
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void changesNothingOnTheServerUnlessItIsTold() throws Exception {
    writeLogs(4);
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(400));

    shop.run();

    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void showsInADryRunWhatWouldGoAndWhyTheRestStays() throws Exception {
    List<String> closed = writeLogs(4);
    shop.run();
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge", "--dry-run");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out().lines().map(line -> line.replaceAll(" \\d+ bytes", " # bytes")))
        .containsExactly(
            "purge  " + closed.get(0) + "  # bytes",
            "purge  " + closed.get(1) + "  # bytes",
            "purge  " + closed.get(2) + "  # bytes",
            "keep   " + closed.get(3) + "  it is one of the newest 2",
            "keep   " + before.getLast() + "  what comes before it stays");
    assertThat(ended.message()).contains("would read 3 logs again");
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void purgesNothingThatCouldNotBeSealed() throws Exception {
    List<String> closed = writeLogs(4);
    letTimePass(Duration.ofDays(8));
    List<String> before = shop.server.logs();
    shop.s3
        .faults()
        .add(
            S3FaultRule.answer("PutObject", closed.get(2) + ".json", 403, "AccessDenied").always());

    ArchivedServer.Ended ended = shop.run("--purge");

    assertThat(ended.exit()).isNotZero();
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void purgesNothingInARunThatOpensATimeline() throws Exception {
    writeLogs(4);
    shop.run();
    shop.server.run("RESET MASTER");
    writeLogs(4);
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge");
    List<String> after = shop.server.logs();
    ArchivedServer.Ended next = shop.run("--purge");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(after).isEqualTo(before);
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(next.message()).contains("3 logs purged");
  }

  @Test
  void keepsALogWhoseEndTheServerCouldNotRead() throws Exception {
    shop.write(5);
    crashAt(shop.server.offset() + 30);
    writeLogs(3);
    List<String> before = shop.server.logs();
    shop.run();
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("0 logs purged", "when it was sealed");
    assertThat(ended.outcome().path("warnings")).hasSize(1);
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void keepsTheLogsOfAnEarlierTimelineUntilSomebodyPurgesThem() throws Exception {
    writeLogs(1);
    long kept = shop.server.offset();
    shop.write(2);
    shop.run();
    crashAt(kept);
    writeLogs(3);
    assertThat(shop.run().reason()).isEqualTo("forked");
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge");
    List<String> after = shop.server.logs();
    shop.server.run("PURGE BINARY LOGS TO '" + before.get(1) + "'");
    ArchivedServer.Ended next = shop.run("--purge");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("0 logs purged", "not in the current timeline");
    assertThat(ended.outcome().path("warnings")).hasSize(1);
    assertThat(after).isEqualTo(before);
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(next.message()).contains("3 logs purged");
  }

  /// The server dies, and of the log that it was writing only so much is left.
  private void crashAt(long size) throws Exception {
    String log = shop.server.logs().getLast();
    shop.write(1);
    shop.server.kill();
    try (RandomAccessFile file = new RandomAccessFile(shop.server.file(log).toFile(), "rw")) {
      file.setLength(size);
    }
    shop.server.startAgain();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a bit", "its end", "all of it", "the index"})
  void keepsALogThatIsDamagedInTheBucketWithAllThatFollow(String what) throws Exception {
    List<String> closed = writeLogs(5);
    shop.run();
    List<String> before = shop.server.logs();
    String damaged = closed.get(1);
    switch (what) {
      case "a bit" ->
          replace(
              data(damaged),
              bytes -> {
                bytes[bytes.length / 2] ^= 1;
                return bytes;
              });
      case "its end" -> replace(data(damaged), bytes -> Arrays.copyOf(bytes, bytes.length - 9));
      case "all of it" ->
          replace(
              data(damaged),
              _ -> {
                try (ObjectContent other = shop.store.get(data(closed.get(2))).orElseThrow()) {
                  return other.readAllBytes();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      default ->
          replace(
              shop.archive.key(new OfLog(TimelineId.FIRST, new LogName(damaged), LogPart.INDEX)),
              bytes -> Arrays.copyOf(bytes, bytes.length / 2));
    }
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("archive-damaged");
    assertThat(ended.message()).contains("1 logs purged", damaged);
    assertThat(shop.server.logs()).isEqualTo(before.subList(1, before.size()));
  }

  @Test
  void purgesNothingWhereAnObjectOnTheWayIsGone() throws Exception {
    List<String> closed = writeLogs(5);
    shop.run();
    List<String> before = shop.server.logs();
    shop.store.delete(data(closed.get(4)));
    letTimePass(Duration.ofDays(8));

    ArchivedServer.Ended ended = shop.run("--purge");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.message()).contains("0 logs purged", closed.get(4));
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void leavesTheRestToLaterRunsWhenReadingTakesLong() throws Exception {
    List<String> closed = writeLogs(5);
    shop.run();
    letTimePass(Duration.ofDays(8));
    shop.s3
        .faults()
        .add(
            Hook.before(
                "GetObject",
                closed.get(1) + "[.]zst",
                () -> letTimePass(Duration.ofDays(8).plusMinutes(6))));

    ArchivedServer.Ended ended = shop.run("--purge");
    ArchivedServer.Ended next = shop.run("--purge");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("2 logs purged", "a later run");
    assertThat(next.message()).contains("2 logs purged", "one of the newest 2");
  }

  @Test
  void canBeStoppedWhileItReads() throws Exception {
    List<String> closed = writeLogs(4);
    shop.run();
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(8));
    StopSignal stop = new StopSignal();
    shop.s3
        .faults()
        .add(
            Hook.before(
                "GetObject",
                closed.get(1) + "[.]zst",
                () -> stop.request(StopSignal.Cause.SIGNAL)));

    ArchivedServer.Ended ended = shop.run(Map.of(), stop, "--purge");

    assertThat(ended.exit()).isEqualTo(143);
    assertThat(shop.server.logs()).isEqualTo(before.subList(1, 5));
  }

  @Test
  void asksNoMoreOfAServerWithManyLogs() throws Exception {
    writeLogs(3);
    shop.run("--purge");
    long withFew = requests();
    writeLogs(30);
    shop.run("--purge");

    assertThat(requests()).isEqualTo(withFew);
  }

  private long requests() {
    shop.s3.forgetRequests();
    assertThat(shop.run("--purge").exit()).isZero();
    return shop.s3.requests().stream()
        .filter(request -> !request.path().contains("/tail/"))
        .count();
  }
}
