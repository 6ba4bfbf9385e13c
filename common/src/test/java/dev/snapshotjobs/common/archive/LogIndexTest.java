package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.RunningGtidState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogIndexTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  /// What the index of a log has to know, in the simplest way.
  private record Truth(LogIndex index, List<Placed> transactions) {
    record Placed(Gtid gtid, Instant began, int frame) {}
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void leadsToTheFrameOfEveryTransaction(long seed) {
    Truth truth = random(new Random(seed));

    for (Truth.Placed placed : truth.transactions()) {
      assertThat(truth.index().framesThatMayHold(placed.gtid())).contains(placed.frame());
      assertThat(truth.index().framesThatMayHold(placed.began(), placed.began()))
          .contains(placed.frame());
    }
    assertThat(truth.index().framesThatMayHold(Gtid.parse("99-1-1"))).isEmpty();
    assertThat(truth.index().framesThatMayHold(Instant.MIN, Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void leadsThereToIfItHadToSayLess(long seed) throws IOException {
    Truth truth = random(new Random(seed));
    int full = Packed.plain(LogIndexWriter.write(truth.index(), 1 << 20)).length;
    int least = 250 * truth.index().frames().size() + 500;

    byte[] packed = LogIndexWriter.write(truth.index(), Math.max(least, full / 2));
    LogIndex read = LogIndex.read("key", new ByteArrayInputStream(packed));

    assertThat(Packed.plain(packed).length).isLessThanOrEqualTo(Math.max(least, full / 2));
    for (Truth.Placed placed : truth.transactions()) {
      assertThat(read.framesThatMayHold(placed.gtid())).contains(placed.frame());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void isReadAsItWasWritten(long seed) throws IOException {
    LogIndex index = random(new Random(seed)).index();

    assertThat(LogIndex.read("key", new ByteArrayInputStream(index.packed()))).isEqualTo(index);
  }

  /// Whatever byte of it is damaged, its first ones too: it is named, and never an error of ours.
  @Test
  void saysThatItIsDamagedWhereverItIs() throws IOException {
    LogIndex index = random(new Random(1)).index();
    byte[] packed = index.packed();

    for (int at = 0; at < packed.length; at++) {
      byte[] damaged = packed.clone();
      damaged[at] ^= 0x40;

      try {
        LogIndex read = LogIndex.read("the/key", new ByteArrayInputStream(damaged));
        assertThat(read).as("a byte that says nothing, at %d", at).isEqualTo(index);
      } catch (ArchiveFormatException e) {
        assertThat(e).hasMessageStartingWith("the/key: ");
      }
    }
  }

  @Test
  void leadsToOneFrameWhereSequencesRise() {
    List<IndexedFrame> frames = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      frames.add(
          new IndexedFrame(
              new Frame(10L * i, 10, 5L * i, 5),
              Optional.of(GtidState.parse("0-1-" + 10 * i)),
              10,
              true,
              Optional.of(
                  new IndexedFrame.Span(
                      Samples.TIME.plusSeconds(i), Samples.TIME.plusSeconds(i + 1)))));
    }
    LogIndex index = new LogIndex(frames, GtidState.parse("0-1-1000"), Marks.NONE);

    assertThat(index.framesThatMayHold(Gtid.parse("0-1-1"))).containsExactly(0);
    assertThat(index.framesThatMayHold(Gtid.parse("0-1-10"))).containsExactly(0);
    assertThat(index.framesThatMayHold(Gtid.parse("0-1-501"))).containsExactly(50);
    assertThat(index.framesThatMayHold(Gtid.parse("0-1-1000"))).containsExactly(99);
    assertThat(index.framesThatMayHold(Gtid.parse("0-1-1001"))).isEmpty();
    assertThat(index.framesThatMayHold(Gtid.parse("0-2-501"))).isEmpty();
    assertThat(index.framesThatMayHold(Samples.TIME.plusSeconds(7), Samples.TIME.plusSeconds(8)))
        .containsExactly(6, 7, 8);
    assertThat(IntStream.range(0, 1000)).allMatch(at -> index.frameAt(at) == at / 10);
    assertThatThrownBy(() -> index.frameAt(1000)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fitsIntoItsLimitForTheLargestLog() throws IOException {
    List<IndexedFrame> frames = new ArrayList<>();
    GtidState state =
        GtidState.parse("0-4294967295-18446744073709551615,1-4294967295-18446744073709551615");
    Instant time = Instant.ofEpochSecond(0xFFFF_FFFFL);
    for (int i = 0; i < ArchiveLimits.FRAMES; i++) {
      frames.add(
          new IndexedFrame(
              new Frame(
                  (long) i * ArchiveLimits.FRAME,
                  ArchiveLimits.FRAME,
                  (long) i * ArchiveLimits.PACKED_FRAME,
                  ArchiveLimits.PACKED_FRAME),
              Optional.of(state),
              400_000,
              false,
              Optional.of(new IndexedFrame.Span(time, time))));
    }
    LogIndex index = new LogIndex(frames, state, Marks.NONE);

    LogIndex read = LogIndex.read("key", new ByteArrayInputStream(index.packed()));

    assertThat(read.frames()).hasSize(ArchiveLimits.FRAMES);
    assertThat(read.size()).isEqualTo(index.size());
  }

  @Test
  void coversTheWholeLog() {
    IndexedFrame first = Samples.index().frames().getFirst();
    IndexedFrame second = Samples.index().frames().getLast();
    GtidState end = Samples.index().end();

    for (List<IndexedFrame> wrong :
        List.of(List.<IndexedFrame>of(), List.of(second), List.of(first, first))) {
      assertThatThrownBy(() -> new LogIndex(wrong, end, Marks.NONE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void isNotReadBeyondItsLimits() {
    String frame =
        "{\"offset\":0,\"length\":1,\"objectOffset\":0,\"objectLength\":1,\"state\":\"\","
            + "\"transactions\":0,\"ordered\":true}";
    for (String json :
        List.of(
            "{\"format\":1,\"frames\":[" + (frame + ",").repeat(70_000) + frame + "]}",
            "{\"format\":1,\"x\":[" + "0,".repeat(4_000_000) + "0]}",
            "{\"format\":1,\"frames\":[{\"x\":\"" + "y".repeat(33 << 20) + "\"}]}",
            "{\"format\":1" + manyFields() + "}",
            " ".repeat(40 << 20))) {
      byte[] packed = Packed.of(json.getBytes(StandardCharsets.UTF_8));
      long before = RandomDocumentsTest.allocated();
      assertThatThrownBy(() -> LogIndex.read("key", new ByteArrayInputStream(packed)))
          .isInstanceOf(ArchiveFormatException.class);
      assertThat(RandomDocumentsTest.allocated() - before).isLessThan(100L << 20);
    }
  }

  private static String manyFields() {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      fields.append(",\"f").append(i).append("\":1");
    }
    return fields.toString();
  }

  private static Truth random(Random random) {
    LogIndexBuilder builder = new LogIndexBuilder();
    List<Truth.Placed> placed = new ArrayList<>();
    RunningGtidState state = new RunningGtidState(GtidState.EMPTY);
    IndexEvents events = new IndexEvents(builder);
    List<Gtid> listed = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      listed.add(new Gtid(random.nextInt(2), random.nextInt(1, 4), random.nextInt(100)));
    }
    events.list(GtidState.of(listed));
    listed.forEach(state::advance);
    long offset = 0;
    long objectOffset = 0;
    long next = 100;
    boolean strict = random.nextBoolean();
    for (int frame = random.nextInt(30), number = 0; number <= frame; number++) {
      int length = random.nextInt(1, 5000);
      Frame written = new Frame(offset, length, objectOffset, random.nextInt(1, 100));
      builder.add(written);
      int count = random.nextInt(4) == 0 ? 0 : random.nextInt(10);
      for (long at : random.longs(count, offset, written.end()).sorted().toArray()) {
        long sequence = strict ? next++ : random.nextLong(50);
        Gtid gtid = new Gtid(random.nextInt(2), random.nextInt(1, 4), sequence);
        Instant began = Samples.TIME.plusSeconds(random.nextInt(1000));
        events.begin(at, gtid, began);
        placed.add(new Truth.Placed(gtid, began, number));
      }
      offset = written.end();
      objectOffset = written.objectEnd();
    }
    Mark mark = new Mark(Samples.TIME, offset, state.now().position(), true);
    return new Truth(builder.build(new Marks(List.of(mark, mark))), placed);
  }
}
