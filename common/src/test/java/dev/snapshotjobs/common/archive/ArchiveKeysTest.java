package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveKeysTest {
  private final ArchiveKeys keys = new ArchiveKeys("backups/prod", "shop-db");

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @Test
  void putsEveryObjectIntoItsPlace() {
    TimelineId timeline = new TimelineId(7);
    LogName log = new LogName("bin.000042");
    ChunkRange range = new ChunkRange(4, 1_073_741_824);

    assertThat(
            Stream.of(
                    new ArchiveObject.SnapshotEntry("shop-db-20261122-030400"),
                    new ArchiveObject.TimelineDocument(timeline),
                    new ArchiveObject.OfLog(timeline, log, LogPart.DATA),
                    new ArchiveObject.OfLog(timeline, log, LogPart.INDEX),
                    new ArchiveObject.OfLog(timeline, log, LogPart.MANIFEST),
                    new ArchiveObject.OfChunk(timeline, log, range, ChunkPart.DATA),
                    new ArchiveObject.OfChunk(timeline, log, range, ChunkPart.DOCUMENT),
                    new ArchiveObject.OfMark(
                        timeline, log, Instant.parse("2026-11-22T03:04:05.006789Z")),
                    new ArchiveObject.RestorePlan("shop-db-0123456789"),
                    new ArchiveObject.RestoreHistory("shop-db-0123456789", "abcdef0123"))
                .map(keys::key))
        .containsExactly(
            "backups/prod/shop-db/catalog/shop-db-20261122-030400.json",
            "backups/prod/shop-db/binlogs/0007/timeline.json",
            "backups/prod/shop-db/binlogs/0007/bin.000042.zst",
            "backups/prod/shop-db/binlogs/0007/bin.000042.idx.zst",
            "backups/prod/shop-db/binlogs/0007/bin.000042.json",
            "backups/prod/shop-db/binlogs/0007/tail/bin.000042/000000000004-001073741824.zst",
            "backups/prod/shop-db/binlogs/0007/tail/bin.000042/000000000004-001073741824.json",
            "backups/prod/shop-db/binlogs/0007/tail/bin.000042/mark-20261122T030405.006Z.json",
            "backups/prod/shop-db/restores/shop-db-0123456789/plan.json",
            "backups/prod/shop-db/restores/shop-db-0123456789/history-abcdef0123.json");
  }

  @Test
  void needsNoPrefix() {
    assertThat(new ArchiveKeys("", "shop-db").root()).isEqualTo("shop-db/");
    assertThat(new ArchiveKeys("a/b/", "shop-db").root()).isEqualTo("a/b/shop-db/");
    assertThat(keys.tail(TimelineId.FIRST, new LogName("b.1")))
        .isEqualTo("backups/prod/shop-db/binlogs/0001/tail/b.1/");
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void takesApartWhatItPutTogether(long seed) {
    Random random = new Random(seed);
    TimelineId timeline = new TimelineId(random.nextInt(1, 10_000));
    LogName log = Samples.log(random);
    long from = random.nextLong(1L << 39);
    ChunkRange range = new ChunkRange(from, from + 1 + random.nextInt(1 << 30));

    for (ArchiveObject object :
        List.of(
            new ArchiveObject.SnapshotEntry("shop-" + random.nextInt(1 << 20)),
            new ArchiveObject.TimelineDocument(timeline),
            new ArchiveObject.OfLog(timeline, log, LogPart.DATA),
            new ArchiveObject.OfLog(timeline, log, LogPart.INDEX),
            new ArchiveObject.OfLog(timeline, log, LogPart.MANIFEST),
            new ArchiveObject.OfChunk(timeline, log, range, ChunkPart.DATA),
            new ArchiveObject.OfChunk(timeline, log, range, ChunkPart.DOCUMENT),
            new ArchiveObject.OfMark(
                timeline, log, Instant.ofEpochMilli(random.nextLong(1L << 42))),
            new ArchiveObject.RestorePlan("shop-" + random.nextInt(1 << 20)),
            new ArchiveObject.RestoreHistory(
                "shop-" + random.nextInt(1 << 20), "%010x".formatted(random.nextLong(1L << 40))))) {
      assertThat(keys.parse(keys.key(object))).contains(object);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "backups/prod/shop-db/",
        "backups/prod/shop-dbx/binlogs/0001/timeline.json",
        "shop-db/binlogs/0001/timeline.json",
        "backups/prod/shop-db/binlogs/1/timeline.json",
        "backups/prod/shop-db/binlogs/0000/timeline.json",
        "backups/prod/shop-db/binlogs/0001/",
        "backups/prod/shop-db/binlogs/0001/bin.000001",
        "backups/prod/shop-db/binlogs/0001/bin.zst",
        "backups/prod/shop-db/binlogs/0001/../0002/bin.000001.zst",
        "backups/prod/shop-db/binlogs/0001/a/bin.000001.zst",
        "backups/prod/shop-db/binlogs/0001/tail/bin.000001.zst",
        "backups/prod/shop-db/binlogs/0001/tail/bin.000001/4-9.zst",
        "backups/prod/shop-db/binlogs/0001/tail/bin.000001/mark-20261322T030405.006Z.json",
        "backups/prod/shop-db/binlogs/0001/tail/bin.000001/mark-20261122T030405Z.json",
        "backups/prod/shop-db/binlogs/0001/tail/bin.000001/000000000009-000000000009.zst",
        "backups/prod/shop-db/binlogs/0001/tail/bin.000001/000000000004-000000000009.gz",
        "backups/prod/shop-db/catalog/shop-db-1.deleted.json",
        "backups/prod/shop-db/catalog/shop-db-1.copy-eu-west-1.json",
        "backups/prod/shop-db/catalog/a/b.json",
        "backups/prod/shop-db/restores/1/other.json",
        "backups/prod/shop-db/binlogs/0001/bin.000001.zst\n"
      })
  void leavesAloneWhatItDoesNotKnow(String key) {
    assertThat(keys.parse(key)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "bin",
        ".000001",
        "bin.",
        "bin.1234567890123456789",
        "bin.00000١",
        "a/bin.000001",
        "../bin.000001",
        "a..b.000001",
        "a\\b.000001",
        "bin\u0000.000001",
        "bin\n.000001",
        "bin\u202e.000001",
        "\ud800.000001"
      })
  void refusesNamesThatNoLogHas(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new LogName(name));
  }

  @Test
  void refusesNamesThatWouldNotFitIntoAKey() {
    assertThatThrownBy(() -> new LogName("x".repeat(250) + ".000001"))
        .hasMessageContaining("length");
    assertThatThrownBy(() -> new LogName("ä".repeat(125) + ".000001"))
        .hasMessageContaining("length");
    ArchiveKeys deep = new ArchiveKeys("p/".repeat(500), "shop-db");
    assertThatThrownBy(
            () -> deep.key(new ArchiveObject.OfLog(Samples.TIMELINE, Samples.LOG, LogPart.DATA)))
        .hasMessageContaining("1024 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "a//b", "a/../b", "a/./b", "..", "a\u0007"})
  void refusesPrefixesThatLeadElsewhere(String prefix) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ArchiveKeys(prefix, "shop-db"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Shop", "a/b", "-a", "a.b"})
  void refusesWhatIsNoInstance(String instance) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ArchiveKeys("", instance));
  }

  @Test
  void ordersLogsByNumberAndChunksByName() {
    assertThat(
            Stream.of("bin.1000000", "bin.999999", "bin.000010", "bin.9")
                .map(LogName::new)
                .sorted()
                .map(LogName::text))
        .containsExactly("bin.9", "bin.000010", "bin.999999", "bin.1000000");
    List<ChunkRange> ranges =
        List.of(new ChunkRange(9, 10), new ChunkRange(10, 11), new ChunkRange(10, 100));
    assertThat(ranges).isSorted();
    assertThat(ranges.stream().map(ChunkRange::toString)).isSorted();
  }
}
