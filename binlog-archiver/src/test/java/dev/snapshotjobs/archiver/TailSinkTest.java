package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.ChunkRange;
import dev.snapshotjobs.common.archive.ChunkWriter;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Body;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.binlog.LogBuilder;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When chunks and marks are written, and when a reading is given up; with a clock that the test
/// moves.
class TailSinkTest {
  private static final String LOG = "bin.000007";
  private static final Instant START = Instant.parse("2026-11-22T03:04:05Z");

  private final LogBuilder log = LogBuilder.with(ChecksumAlgorithm.CRC32);
  private final List<TailChunk> chunks = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private Instant now = START;
  private int sent;
  private BinlogCoordinates serverEnd = new BinlogCoordinates(LOG, log.size());
  @Nullable private TailSink sink;

  @AfterEach
  void close() {
    if (sink != null) {
      sink.close();
    }
  }

  private TailSink follow(Duration time, TailChunk... archived) {
    TailSink begun =
        new TailSink(
            TailPrefix.longest(List.of(archived)),
            new ServerEnd(now, serverEnd),
            Optional.of(new Following(START.plus(time), Duration.ofSeconds(5))),
            () -> new ServerEnd(now, serverEnd),
            new Kept(),
            () -> now);
    assertThat(begun.begin(LOG, 0)).isTrue();
    sink = begun;
    return begun;
  }

  /// The server logs a transaction.
  private void log() {
    log.gtid(log.size(), 0).query("INSERT").add(EventType.XID, new Body().i64(1));
    serverEnd = new BinlogCoordinates(LOG, log.size());
  }

  /// The server sends what it has logged.
  private boolean send(TailSink to) throws IOException {
    byte[] bytes = log.bytes();
    to.bytes(bytes, sent, bytes.length - sent);
    sent = bytes.length;
    return to.wantsMore();
  }

  /// Nothing comes but what a server says that has nothing new.
  private boolean quiet(TailSink to, Duration time) throws IOException {
    boolean wanted = true;
    for (Instant end = now.plus(time); wanted && now.isBefore(end); ) {
      now = now.plusSeconds(1);
      to.caughtUp(serverEnd);
      wanted = to.wantsMore();
    }
    return wanted;
  }

  @Test
  void putsBytesIntoAChunkWhenTheyAreOldEnough() throws IOException {
    TailSink to = follow(Duration.ofHours(1));
    assertThat(send(to)).isTrue();
    quiet(to, Duration.ofSeconds(4));
    assertThat(chunks).isEmpty();

    quiet(to, Duration.ofSeconds(1));

    assertThat(chunks).extracting(TailChunk::range).containsExactly(new ChunkRange(0, log.size()));
    Mark last = chunks.getFirst().marks().all().getLast();
    assertThat(last.at()).isAfterOrEqualTo(START.plusSeconds(4));
    assertThat(last.caughtUp()).isTrue();
    assertThat(last.offset()).isEqualTo(log.size());
  }

  @Test
  void marksThatItHadCaughtUpOnceItComesToWhereTheServerWas() throws IOException {
    TailSink to = follow(Duration.ofHours(1));
    send(to);
    quiet(to, Duration.ofSeconds(5));
    log();
    Instant asked = now.plusSeconds(1);
    quiet(to, Duration.ofSeconds(1)); // the server is asked, and sends later
    now = now.plusSeconds(3);
    send(to);
    quiet(to, Duration.ofSeconds(5));

    assertThat(chunks.getLast().marks().all())
        .anyMatch(mark -> mark.at().equals(asked) && mark.offset() == log.size());
  }

  @Test
  void leavesAMarkAMinuteOnAServerThatLogsNothing() throws IOException {
    TailSink to = follow(Duration.ofHours(1));
    send(to);

    quiet(to, Duration.ofMinutes(3));

    assertThat(chunks).hasSize(1);
    assertThat(marks).hasSize(3).allMatch(mark -> mark.offset() == log.size() && mark.caughtUp());
    assertThat(marks.getLast().at()).isAfter(START.plusSeconds(170));
  }

  @Test
  void tellsTheNextChunkHowLongNothingWasLogged() throws IOException {
    TailSink to = follow(Duration.ofHours(1));
    send(to);
    quiet(to, Duration.ofMinutes(10));
    long before = log.size();
    log();
    send(to);
    quiet(to, Duration.ofSeconds(5));

    assertThat(chunks).hasSize(2);
    assertThat(chunks.getLast().marks().all())
        .anyMatch(mark -> mark.offset() == before && mark.at().isAfter(START.plusSeconds(590)));
  }

  @Test
  void endsWhenItsTimeIsOver() throws IOException {
    TailSink to = follow(Duration.ofSeconds(30));
    send(to);

    boolean wanted = quiet(to, Duration.ofSeconds(60));

    assertThat(wanted).isFalse();
    assertThat(now).isEqualTo(START.plusSeconds(30));
    assertThat(to.end()).isEmpty();
    assertThat(to.contradiction()).isEmpty();
    assertThat(marks.getLast().at()).isAfter(START.plusSeconds(28));
  }

  @Test
  void doesNotEndBeforeItHasComparedWhatIsArchived() throws IOException {
    log();
    TailChunk archived = archive();
    now = now.plusSeconds(60);
    TailSink to = follow(Duration.ofSeconds(1), archived);
    byte[] bytes = log.bytes();
    to.bytes(bytes, 0, 4);
    now = now.plusSeconds(60);

    assertThat(to.wantsMore()).isTrue();

    to.bytes(bytes, 4, bytes.length - 4);
    assertThat(to.wantsMore()).isFalse();
    assertThat(to.end()).isEmpty();
    assertThat(chunks).as("nothing new").isEmpty();
  }

  @Test
  void findsALogThatEndsBeforeWhatIsArchivedOfIt() throws IOException {
    BinlogCoordinates before = serverEnd;
    byte[] head = log.bytes();
    log();
    TailChunk archived = archive();
    serverEnd = before;
    TailSink to = follow(Duration.ofHours(1), archived);
    to.bytes(head, 0, head.length);

    boolean wanted = quiet(to, Duration.ofSeconds(10));

    assertThat(wanted).isFalse();
    assertThat(to.end().orElseThrow()).contains("it ends at " + head.length);
    assertThat(chunks).isEmpty();
  }

  @Test
  void givesUpALogThatIsNotTheServersAnyMore() throws IOException {
    BinlogCoordinates early = serverEnd;
    log();
    TailSink to = follow(Duration.ofHours(1));
    send(to);
    serverEnd = early;

    assertThat(quiet(to, Duration.ofSeconds(5))).isFalse();
    assertThat(to.contradiction().orElseThrow()).contains("the server stands at " + early);
    assertThat(to.end()).as("nothing is concluded from it").isEmpty();
    assertThat(chunks).as("what was read was of this log").hasSize(1);
  }

  @Test
  void givesUpALogOfWhichNothingComesAlthoughTheServerHasMore() throws IOException {
    TailSink to = follow(Duration.ofHours(1));
    send(to);
    quiet(to, Duration.ofMinutes(5));
    log();
    Instant logged = now;

    assertThat(quiet(to, Duration.ofMinutes(5))).isFalse();
    assertThat(to.contradiction().orElseThrow()).contains("has sent nothing behind");
    assertThat(now)
        .isBetween(logged.plus(TailWatch.SILENCE), logged.plus(TailWatch.SILENCE).plusSeconds(5));
  }

  @Test
  void asksOnlyOnceASecond() throws IOException {
    TailSink to = follow(Duration.ofHours(1));
    send(to);
    quiet(to, Duration.ofSeconds(5));
    for (int i = 0; i < 100; i++) {
      log();
      send(to);
      now = now.plusMillis(1);
    }

    assertThat(to.lastCaughtUp().orElseThrow().offset()).isLessThan(log.size());
  }

  /// What an earlier run has archived of all that was logged so far.
  private TailChunk archive() throws IOException {
    try (TailSink earlier = follow(Duration.ofSeconds(1))) {
      send(earlier);
      quiet(earlier, Duration.ofSeconds(2));
      assertThat(earlier.end()).isEmpty();
    }
    TailChunk chunk = chunks.getLast();
    chunks.clear();
    marks.clear();
    sent = 0;
    return chunk;
  }

  private final class Kept implements TailSink.Chunks {
    @Override
    public TailSink.OpenChunk beginLarge(LogSummary before, ChunkRange range) {
      throw new AssertionError("these events are small");
    }

    @Override
    public TailSink.OpenChunk begin(@Nullable LogSummary before) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      ChunkWriter writer =
          before == null ? ChunkWriter.first(packed) : ChunkWriter.after(before, packed);
      return new TailSink.OpenChunk() {
        @Override
        public ChunkWriter writer() {
          return writer;
        }

        @Override
        public void end(LogSummary prefix, Marks carried) throws IOException {
          chunks.add(
              writer
                  .finish(prefix)
                  .document("shop", TimelineId.FIRST, new LogName(LOG), carried, now));
        }

        @Override
        public void close() {
          writer.close();
        }
      };
    }

    @Override
    public void mark(LogSummary archived, Mark mark) {
      assertThat(archived.size()).isEqualTo(mark.offset());
      marks.add(mark);
    }
  }
}
