package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// One document of each kind with every field in it, and any number of random ones.
final class Samples {
  static final Instant TIME = Instant.parse("2026-11-22T03:04:05Z");
  static final TimelineId TIMELINE = new TimelineId(2);
  static final LogName LOG = new LogName("bin.000042");

  private Samples() {}

  static String sha(int number) {
    return "%064x".formatted(number);
  }

  static LogSummary summary() {
    return new LogSummary(
        104_857_600,
        sha(0xA),
        sha(0xB),
        "11.8.6-MariaDB-log",
        ChecksumAlgorithm.CRC32,
        false,
        GtidState.parse("0-2-90,0-1-100"),
        GtidState.parse("0-2-90,0-1-5000,7-1-3"),
        4902,
        104_857_600,
        1,
        Optional.of(
            new LogSummary.Times(
                TIME, TIME.plusSeconds(900), TIME.minusSeconds(2), TIME.plusSeconds(900))),
        List.of(new LogSummary.IncidentAt(4711, 1, "error writing to the binary log")),
        1,
        new LogEnding.RotatedTo("bin.000043"));
  }

  static Manifest manifest() {
    return new Manifest(
        "shop-db",
        TIMELINE,
        LOG,
        summary(),
        104_857_600,
        new StoredObject(18_000_000, sha(0xC)),
        13,
        TIME.plusSeconds(1000));
  }

  static TailChunk chunk() {
    Mark behind = new Mark(TIME.plusMillis(250), 8_388_000, position("0-1-4990"), false);
    Mark caughtUp = new Mark(TIME.plusSeconds(1), 104_857_600, position("0-1-5000,7-1-3"), true);
    return new TailChunk(
        "shop-db",
        TIMELINE,
        LOG,
        new ChunkRange(8_388_000, 104_857_600),
        sha(0xD),
        sha(0xE),
        summary(),
        new StoredObject(1_234_567, sha(0xF)),
        new Marks(List.of(behind, caughtUp)),
        TIME.plusSeconds(1000));
  }

  static TailMark tailMark() {
    return new TailMark(
        "shop-db",
        TIMELINE,
        LOG,
        sha(0xB),
        sha(0xA),
        new Mark(TIME.plusMillis(1250), 104_857_600, position("0-1-5000,7-1-3"), true));
  }

  static Timeline timeline() {
    return new Timeline(
        "shop-db",
        TIMELINE,
        Optional.of(
            new Timeline.Fork(
                TimelineId.FIRST, GtidState.parse("0-1-100"), new LogName("bin.000041"))),
        1,
        LOG,
        sha(0xB),
        GtidState.parse("0-1-250"),
        Timeline.Reason.GAP,
        new Timeline.Continuity.Unproven(GtidState.parse("0-1-100"), GtidState.parse("0-1-250")),
        TIME);
  }

  static PlanDocument plan() {
    return new PlanDocument(
        "shop-db",
        TIME,
        "--to 2026-11-22T03:30:00Z",
        TIMELINE,
        new PlanDocument.Base(
            "shop-db-20261122-030400",
            "0a1b2c3d-0000-4000-8000-000000000001",
            GtidState.parse("0-1-250")),
        LOG,
        new LogName("bin.000045"),
        4,
        123_456,
        GtidState.parse("0-1-987"),
        Optional.of("bin.000046 is not in the archive"),
        Optional.of("0a1b2c3d-0000-4000-8000-000000000002"));
  }

  static RestoredHistory history() {
    return new RestoredHistory(
        "shop-db",
        "shop-db-0123456789",
        new Timeline.Fork(TIMELINE, GtidState.parse("0-1-987"), new LogName("bin.000045")),
        GtidState.parse("0-1-1000000000"),
        new LogName("bin.000001"),
        "ab".repeat(32));
  }

  static CatalogueEntry entry() {
    return new CatalogueEntry(
        "shop-db",
        new CatalogueEntry.Snapshot(
            "shop",
            "shop-db-20261122-030400",
            "0a1b2c3d-0000-4000-8000-000000000001",
            "ebs",
            TIME,
            Optional.of(107_374_182_400L)),
        new CatalogueEntry.Content("snapcontent-1", "ebs.csi.aws.com", "snap-0123456789abcdef0"),
        new CatalogueEntry.Claim("data-mariadb-0", "gp3", 107_374_182_400L),
        Map.of(
            SnapshotKeys.INSTANCE,
            "shop-db",
            SnapshotKeys.STATE,
            "consistent",
            SnapshotKeys.TYPE,
            "scheduled",
            SnapshotKeys.PITR,
            "yes"),
        Map.ofEntries(
            Map.entry(SnapshotKeys.FORMAT, "1"),
            Map.entry(SnapshotKeys.MODE, "backup-stage"),
            Map.entry(SnapshotKeys.RUN_ID, "20261122-030400-abcd"),
            Map.entry(SnapshotKeys.SLOT, TIME.toString()),
            Map.entry(SnapshotKeys.GTID_BINLOG_POS, "0-1-100"),
            Map.entry(SnapshotKeys.GTID_CURRENT_POS, "0-1-100"),
            Map.entry(SnapshotKeys.BINLOG_FILE, "bin.000042"),
            Map.entry(SnapshotKeys.BINLOG_OFFSET, "375"),
            Map.entry(SnapshotKeys.SERVER_VERSION, "11.8.6-MariaDB-log"),
            Map.entry(SnapshotKeys.SERVER_IMAGE, "docker.io/library/mariadb@sha256:" + sha(1)),
            Map.entry(SnapshotKeys.SERVER_SETTINGS, "{\"innodb_page_size\":\"16384\"}"),
            Map.entry(SnapshotKeys.LOCK_ACQUIRED_AT, TIME.minusSeconds(1).toString()),
            Map.entry(SnapshotKeys.CUT_SEEN_AT, TIME.toString()),
            Map.entry(SnapshotKeys.RELEASED_AT, TIME.plusMillis(20).toString())),
        TIME.plusSeconds(60));
  }

  static LogIndex index() {
    return new LogIndex(
        List.of(
            new IndexedFrame(
                new Frame(0, 8_000_000, 0, 1_500_000),
                Optional.of(GtidState.parse("0-1-100")),
                400,
                true,
                Optional.of(new IndexedFrame.Span(TIME, TIME.plusSeconds(60)))),
            new IndexedFrame(
                new Frame(8_000_000, 1_000, 1_500_000, 300),
                Optional.of(GtidState.parse("0-1-500")),
                0,
                true,
                Optional.empty())),
        GtidState.parse("0-1-500"),
        new Marks(List.of(new Mark(TIME.plusSeconds(61), 8_001_000, position("0-1-500"), true))));
  }

  static GtidPosition position(String text) {
    return GtidPosition.parse(text);
  }

  static LogSummary summary(Random random, long size) {
    long transactions = random.nextInt(3) == 0 ? 0 : random.nextLong(1, 1L << 40);
    List<LogSummary.IncidentAt> incidents = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      incidents.add(
          new LogSummary.IncidentAt(
              random.nextLong(1L << 40), random.nextInt(1 << 16), text(random, 60)));
    }
    return new LogSummary(
        size,
        sha(random.nextInt()),
        sha(random.nextInt()),
        text(random, 50),
        random.nextBoolean() ? ChecksumAlgorithm.NONE : ChecksumAlgorithm.CRC32,
        random.nextBoolean(),
        state(random),
        state(random),
        transactions,
        random.nextLong(size + 1),
        random.nextInt(5),
        transactions == 0
            ? Optional.empty()
            : Optional.of(
                new LogSummary.Times(
                    instant(random), instant(random), instant(random), instant(random))),
        incidents,
        incidents.size() + random.nextInt(100),
        switch (random.nextInt(3)) {
          case 0 -> new LogEnding.Open();
          case 1 -> new LogEnding.ServerStopped();
          default -> new LogEnding.RotatedTo(log(random).text());
        });
  }

  static LogName log(Random random) {
    String[] names = {"bin", "mysql-bin", "shop.db 1", "größe", "\"quoted\""};
    return new LogName(
        names[random.nextInt(names.length)] + ".%06d".formatted(random.nextInt(2_000_000)));
  }

  static GtidState state(Random random) {
    List<Gtid> gtids = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      gtids.add(new Gtid(random.nextInt(3), random.nextInt() & 0xFFFF_FFFFL, random.nextLong()));
    }
    return GtidState.of(gtids);
  }

  static Instant instant(Random random) {
    return Instant.ofEpochSecond(random.nextLong(1L << 32), random.nextInt(1_000_000_000));
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    random
        .ints(random.nextInt(most + 1), 1, 0x1F000)
        .map(c -> Character.isBmpCodePoint(c) && Character.isSurrogate((char) c) ? '"' : c)
        .limit(most / 2)
        .forEach(text::appendCodePoint);
    return text.toString();
  }
}
