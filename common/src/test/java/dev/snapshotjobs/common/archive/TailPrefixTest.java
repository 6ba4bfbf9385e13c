package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import dev.snapshotjobs.common.archive.TailPrefix.LeftOver;
import dev.snapshotjobs.common.archive.TailPrefix.Why;
import dev.snapshotjobs.common.binlog.GtidPosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TailPrefixTest {
  private final TailBucket log = new TailBucket(1, 1000);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 500);
  }

  @Test
  void isEmptyWithoutChunks() {
    TailPrefix prefix = TailPrefix.longest(List.of());

    assertThat(prefix.chunks()).isEmpty();
    assertThat(prefix.end()).isZero();
    assertThat(prefix.wholeTransactionsEnd()).isZero();
  }

  @Test
  void isOneChunkAfterTheOther() throws IOException {
    List<TailChunk> chunks = List.of(log.chunk(0, 100), log.chunk(100, 250), log.chunk(250, 400));
    TailPrefix prefix = TailPrefix.longest(chunks.reversed());

    assertThat(prefix.chunks()).isEqualTo(chunks);
    assertThat(prefix.leftOver()).isEmpty();
    assertThat(prefix.end()).isEqualTo(400);
    assertThat(log.read(prefix)).isEqualTo(log.bytes(400));
  }

  @Test
  void goesThroughTheChunksOfTwoArchivers() throws IOException {
    TailChunk first = log.chunk(0, 100);
    TailChunk one = log.chunk(100, 300);
    TailChunk other = log.chunk(100, 350);
    TailChunk next = log.chunk(300, 500);
    TailPrefix prefix = TailPrefix.longest(List.of(first, one, other, next));

    assertThat(prefix.chunks()).containsExactly(first, one, next);
    assertThat(prefix.leftOver()).containsExactly(new LeftOver(other, Why.COVERED));
    assertThat(log.read(prefix)).isEqualTo(log.bytes(500));
  }

  @Test
  void mayGoOnInTheMiddleOfAChunk() throws IOException {
    TailChunk first = log.chunk(0, 300);
    TailChunk overlapping = log.chunk(200, 400);
    TailPrefix prefix = TailPrefix.longest(List.of(overlapping, first));

    assertThat(prefix.chunks()).containsExactly(first, overlapping);
    assertThat(log.read(prefix)).isEqualTo(log.bytes(400));
  }

  @Test
  void endsBeforeAGap() {
    TailChunk first = log.chunk(0, 100);
    TailChunk far = log.chunk(200, 300);

    assertThat(TailPrefix.longest(List.of(far, first)))
        .extracting(TailPrefix::end, TailPrefix::leftOver)
        .containsExactly(100L, List.of(new LeftOver(far, Why.AFTER_A_GAP)));
    assertThat(TailPrefix.longest(List.of(far)).leftOver())
        .containsExactly(new LeftOver(far, Why.AFTER_A_GAP));
  }

  @Test
  void isOfOneLogThoughAnotherHadItsName() {
    TailBucket other = new TailBucket(2, 1000);
    TailPrefix prefix =
        TailPrefix.longest(
            List.of(
                log.chunk(0, 100), other.chunk(100, 900), log.chunk(100, 200), other.chunk(0, 50)));

    assertThat(prefix.chunks()).extracting(TailChunk::range).hasSize(2);
    assertThat(prefix.end()).isEqualTo(200);
    assertThat(prefix.leftOver()).extracting(LeftOver::why).containsOnly(Why.OTHER_LOG);
  }

  @Test
  void doesNotMixTwoHistoriesOfTheSameBeginning() {
    TailBucket other = log.fork(150);
    TailChunk common = log.chunk(0, 100);
    TailChunk ours = log.chunk(100, 200);
    TailChunk theirs = other.chunk(100, 200);
    TailChunk theirsToo = other.chunk(200, 300);
    TailPrefix prefix = TailPrefix.longest(List.of(common, ours, theirs, theirsToo));

    assertThat(prefix.chunks()).containsExactly(common, theirs, theirsToo);
    assertThat(prefix.leftOver()).containsExactly(new LeftOver(ours, Why.CONTRADICTION));
  }

  @Test
  void isFoundOutByItsReaderWhereDocumentsCannotTell() throws IOException {
    TailBucket other = log.fork(150);
    TailChunk ours = log.chunk(0, 300);
    TailChunk theirs = other.chunk(200, 400);
    TailPrefix prefix = TailPrefix.longest(List.of(ours, theirs));
    assertThat(prefix.chunks()).containsExactly(ours, theirs);

    assertThatThrownBy(() -> log.readWith(other, prefix))
        .isInstanceOfSatisfying(
            ArchiveFormatException.class, e -> assertThat(e.fault()).isEqualTo(Fault.INCONSISTENT))
        .hasMessageContaining("000000000200-000000000400.zst");

    assertThat(prefix.without(theirs).chunks()).containsExactly(ours);
    assertThat(log.read(prefix.without(theirs))).isEqualTo(log.bytes(300));
  }

  @Test
  void isOfOneLogOnly() {
    TailChunk chunk = log.chunk(0, 100);
    TailChunk other =
        new TailChunk(
            chunk.instance(),
            chunk.timeline(),
            new LogName("bin.000043"),
            chunk.range(),
            chunk.sha256(),
            chunk.beforeSha256(),
            chunk.prefix(),
            chunk.object(),
            chunk.marks(),
            chunk.archivedAt());

    assertThatThrownBy(() -> TailPrefix.longest(List.of(chunk, other)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hasTheMarksThatLieAtTheEndOfOneOfItsChunks() {
    TailChunk first = log.chunk(0, 100);
    TailChunk next = log.chunk(100, 200);
    TailBucket forked = log.fork(50);
    TailMark early = mark(first, 1);
    TailMark late = mark(next, 2);
    TailMark ofAnother = mark(forked.chunk(0, 200), 3);
    TailMark ofNone = mark(log.chunk(0, 150), 4);

    TailPrefix prefix =
        TailPrefix.longest(List.of(first, next), List.of(ofNone, late, ofAnother, early));

    assertThat(prefix.tailMarks()).containsExactly(early, late);
    assertThat(prefix.marks().all()).containsExactly(early.mark(), late.mark());
  }

  private static TailMark mark(TailChunk chunk, int second) {
    Mark mark =
        new Mark(
            Instant.ofEpochSecond(second), chunk.range().to(), GtidPosition.parse("0-1-1"), true);
    return TailMark.of(chunk.instance(), chunk.timeline(), chunk.log(), chunk.prefix(), mark);
  }

  /// Archivers that start where they like and stop when they like, chunks that get lost, histories
  /// that part, logs of the same name: what is chosen reads as one log, and none reaches further.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void reachesAsFarAsAnyChainOfOneLog(long seed) throws IOException {
    Random random = new Random(seed);
    TailBucket one = new TailBucket(random.nextInt(), 400);
    List<TailBucket> buckets = new ArrayList<>(List.of(one));
    if (random.nextBoolean()) {
      buckets.add(new TailBucket(random.nextInt(), 400));
    }
    List<List<TailChunk>> written = new ArrayList<>();
    for (TailBucket bucket : buckets) {
      List<TailChunk> chunks = new ArrayList<>();
      Set<Integer> starts = new TreeSet<>(Set.of(0));
      for (int archivers = random.nextInt(1, 4); archivers > 0; archivers--) {
        List<Integer> known = List.copyOf(starts);
        int at = known.get(random.nextInt(known.size()));
        for (int i = random.nextInt(6); i > 0 && at < 399; i--) {
          int to = at + random.nextInt(1, 400 - at);
          chunks.add(bucket.chunk(at, to));
          starts.add(to);
          at = to;
        }
      }
      chunks.removeIf(_ -> random.nextInt(6) == 0);
      written.add(chunks);
    }
    List<TailChunk> all = new ArrayList<>();
    written.forEach(all::addAll);
    Collections.shuffle(all, random);

    TailPrefix prefix = TailPrefix.longest(all);

    long furthest = written.stream().mapToLong(TailPrefixTest::reach).max().orElse(0);
    assertThat(prefix.end()).isEqualTo(furthest);
    assertThat(prefix.chunks().size() + prefix.leftOver().size()).isEqualTo(Set.copyOf(all).size());
    List<TailChunk> again = new ArrayList<>(all);
    Collections.shuffle(again, random);
    assertThat(TailPrefix.longest(again)).isEqualTo(prefix);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    TailBucket source = buckets.stream().filter(b -> b.has(prefix)).findFirst().orElse(one);
    read.writeBytes(source.read(prefix));
    assertThat(read.toByteArray()).isEqualTo(source.bytes((int) prefix.end()));
  }

  /// The simplest way to say how far chunks of one log reach.
  private static long reach(List<TailChunk> chunks) {
    long end = 0;
    for (boolean further = true; further; ) {
      further = false;
      for (TailChunk chunk : chunks) {
        if (chunk.range().from() <= end && chunk.range().to() > end) {
          end = chunk.range().to();
          further = true;
        }
      }
    }
    return end;
  }
}
