package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LogSummary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomDocumentsTest {
  private static final long MOST_MEMORY = 8 << 20;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void areReadAsTheyWereWritten(long seed) throws IOException {
    Random random = new Random(seed);
    LogSummary summary = Samples.summary(random, random.nextLong(1, 1L << 39));
    Manifest manifest =
        new Manifest(
            "shop-" + seed,
            new TimelineId(random.nextInt(1, 10_000)),
            Samples.log(random),
            summary,
            summary.size() + random.nextInt(100),
            new StoredObject(random.nextLong(1, 1L << 40), Samples.sha(random.nextInt())),
            random.nextInt(1, ArchiveLimits.FRAMES),
            Samples.instant(random));
    long from = random.nextLong(1, summary.size() + 1) - 1;
    TailChunk chunk =
        new TailChunk(
            "shop-" + seed,
            manifest.timeline(),
            manifest.log(),
            new ChunkRange(from, summary.size()),
            from == 0 ? summary.sha256() : Samples.sha(random.nextInt()),
            from == 0 ? Sha256.EMPTY : Samples.sha(random.nextInt()),
            summary,
            manifest.object(),
            marks(random, from, summary.size()),
            Samples.instant(random));
    Timeline timeline = timeline(random, manifest);

    TailMark mark =
        new TailMark(
            "shop-" + seed,
            manifest.timeline(),
            manifest.log(),
            summary.head(),
            summary.sha256(),
            marks(random, from, summary.size()).all().stream()
                .findFirst()
                .orElse(new Mark(Samples.instant(random), from, summary.end().position(), false)));

    for (Object document : List.of(manifest, chunk, timeline, mark)) {
      byte[] json = DocumentKind.json(document);
      assertThat(kind(document).read(json)).isEqualTo(document);
      assertThat(json.length).isLessThanOrEqualTo(kind(document).limit());
    }
  }

  @Test
  void areNeverLargerThanTheirLimit() throws IOException {
    GtidState state = largestState();
    String wild = "\u0001".repeat(200);
    LogName log = new LogName("\"".repeat(239) + ".000000000000001");
    LogSummary summary =
        new LogSummary(
            Long.MAX_VALUE,
            Samples.sha(1),
            Samples.sha(2),
            wild,
            Samples.summary().checksum(),
            false,
            state,
            state,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Samples.summary().times(),
            Collections.nCopies(20, new LogSummary.IncidentAt(Long.MAX_VALUE, 65_535, wild)),
            Long.MAX_VALUE,
            new LogEnding.RotatedTo(log.text()));
    String instance = "a".repeat(63);
    Manifest manifest =
        new Manifest(
            instance,
            Samples.TIMELINE,
            log,
            summary,
            Long.MAX_VALUE,
            new StoredObject(Long.MAX_VALUE, Samples.sha(3)),
            ArchiveLimits.FRAMES,
            Samples.TIME.plusNanos(1));
    Timeline timeline =
        new Timeline(
            instance,
            Samples.TIMELINE,
            Optional.of(new Timeline.Fork(TimelineId.FIRST, state, log)),
            0xFFFF_FFFFL,
            log,
            Samples.sha(4),
            state,
            Timeline.Reason.SHORTER_THAN_ARCHIVED,
            new Timeline.Continuity.Unproven(state, state),
            Samples.TIME);
    GtidPosition position = largestPosition();
    Mark mark = new Mark(Samples.TIME.plusNanos(1), 999_999_999_999L, position, false);
    LogSummary prefix = Samples.summary();
    TailChunk chunk =
        new TailChunk(
            instance,
            Samples.TIMELINE,
            log,
            new ChunkRange(1, prefix.size()),
            Samples.sha(1),
            Samples.sha(2),
            prefix,
            manifest.object(),
            new Marks(
                Collections.nCopies(
                    ArchiveLimits.CHUNK_MARKS,
                    new Mark(mark.at(), prefix.size(), position, false))),
            Samples.TIME);

    for (Object document : List.of(manifest, timeline, chunk)) {
      byte[] json = DocumentKind.json(document);
      assertThat(json.length).isLessThan(kind(document).limit());
      assertThat(kind(document).read(json)).isEqualTo(document);
    }
  }

  /// What is needed once is not the cost of a document.
  @BeforeAll
  static void load() throws IOException {
    for (DocumentKind kind : DocumentKind.values()) {
      kind.read(kind.golden());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void endInOneExceptionWhateverIsWrong(long seed) {
    Random random = new Random(seed);
    for (DocumentKind kind : DocumentKind.values()) {
      byte[] json = kind.golden();
      damage(json, random);
      long before = allocated();

      Throwable outcome = catchThrowable(() -> kind.read(json));

      assertThat(allocated() - before).isLessThan(MOST_MEMORY);
      if (outcome != null) {
        assertThat(outcome).isInstanceOf(ArchiveFormatException.class);
      }
    }
  }

  /// Noise is mostly no JSON; digits, letters and brackets in place of others mostly are.
  private static void damage(byte[] json, Random random) {
    byte[] likely = "0123456789-{}[]\",:.eEtrufalsn/\\".getBytes(StandardCharsets.US_ASCII);
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      int at = random.nextInt(json.length);
      switch (random.nextInt(3)) {
        case 0 -> json[at] = (byte) random.nextInt();
        case 1 -> json[at] = likely[random.nextInt(likely.length)];
        default -> {
          int length = Math.min(random.nextInt(40), json.length - at);
          System.arraycopy(json, random.nextInt(json.length - length + 1), json, at, length);
        }
      }
    }
  }

  static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  private static DocumentKind kind(Object document) {
    return switch (document) {
      case Manifest _ -> DocumentKind.MANIFEST;
      case Timeline _ -> DocumentKind.TIMELINE;
      case TailChunk _ -> DocumentKind.TAIL_CHUNK;
      case TailMark _ -> DocumentKind.TAIL_MARK;
      default -> throw new IllegalArgumentException();
    };
  }

  private static Timeline timeline(Random random, Manifest manifest) {
    int number = random.nextInt(2, 10_000);
    Optional<Timeline.Fork> fork =
        Optional.of(
            new Timeline.Fork(
                new TimelineId(random.nextInt(1, number)),
                Samples.state(random),
                Samples.log(random)));
    Timeline.Continuity proven = new Timeline.Continuity.Proven();
    Timeline.Continuity unproven =
        new Timeline.Continuity.Unproven(Samples.state(random), Samples.state(random));
    Timeline.Reason[] reasons = Timeline.Reason.values();
    Timeline.Reason reason = reasons[random.nextInt(reasons.length)];
    return new Timeline(
        manifest.instance(),
        new TimelineId(number),
        reason == Timeline.Reason.FIRST ? Optional.empty() : fork,
        random.nextInt() & 0xFFFF_FFFFL,
        manifest.log(),
        Samples.sha(random.nextInt()),
        Samples.state(random),
        reason,
        switch (reason) {
          case FIRST, FORK, RENAMED -> proven;
          case GAP -> unproven;
          case RESTORED_OR_RESET, SHORTER_THAN_ARCHIVED -> random.nextBoolean() ? proven : unproven;
        },
        Samples.instant(random));
  }

  private static Marks marks(Random random, long from, long to) {
    List<Mark> all = new ArrayList<>();
    random
        .longs(random.nextInt(ArchiveLimits.CHUNK_MARKS + 1), from, to + 1)
        .sorted()
        .forEach(
            offset ->
                all.add(
                    new Mark(
                        Samples.instant(random),
                        offset,
                        Samples.state(random).position(),
                        random.nextBoolean())));
    return new Marks(all);
  }

  private static GtidState largestState() {
    List<Gtid> gtids = new ArrayList<>();
    while (GtidState.of(gtids).toString().length() < ArchiveLimits.GTIDS - 50) {
      gtids.add(new Gtid(4_000_000_000L, 4_000_000_000L + gtids.size(), -1));
    }
    return GtidState.of(gtids);
  }

  private static GtidPosition largestPosition() {
    List<Gtid> gtids = new ArrayList<>();
    while (GtidPosition.of(gtids).toString().length() < ArchiveLimits.GTIDS - 50) {
      gtids.add(new Gtid(4_000_000_000L + gtids.size(), 4_000_000_000L, -1));
    }
    return GtidPosition.of(gtids);
  }
}
