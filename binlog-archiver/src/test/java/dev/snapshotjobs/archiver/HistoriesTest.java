package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to servers between two runs, and what the archive makes of it.
class HistoriesTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start("--sync-binlog=1");
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  private Timeline timeline(int id) {
    return shop.archive.timeline(new TimelineId(id)).orElseThrow();
  }

  private void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(from)) {
      all = files.toList();
    }
    for (Path each : all) {
      Path target = to.resolve(from.relativize(each).toString());
      if (Files.isDirectory(each)) {
        Files.createDirectories(target);
      } else {
        Files.copy(each, target);
      }
    }
  }

  private void delete(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(all::add);
    }
    for (Path each : all.reversed()) {
      Files.delete(each);
    }
  }

  @Test
  void goesOnAfterARestart() throws Exception {
    shop.write(5);
    shop.run();
    String closed = shop.server.logs().getLast();
    shop.server.stop();
    shop.server.startAgain();
    shop.write(5);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.archive.ids()).hasSize(1);
    assertThat(shop.sealed(1, closed)).isEqualTo(shop.onServer(closed));
  }

  @Test
  void goesOnAfterACrash() throws Exception {
    shop.write(5);
    shop.run();
    shop.write(5);
    String closed = shop.server.logs().getLast();
    shop.server.kill();
    shop.server.startAgain();
    shop.write(5);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.archive.ids()).hasSize(1);
    assertThat(shop.sealed(1, closed)).isEqualTo(shop.onServer(closed));
  }

  @Test
  void opensATimelineWhenTheServerIsRestoredUnderItsName() throws Exception {
    shop.write(5);
    shop.server.stop();
    Path copy = folder.resolve("copy");
    copy(shop.server.dataDir(), copy);
    shop.server.startAgain();
    shop.write(5);
    shop.server.rotate();
    shop.write(5);
    shop.run();
    List<String> before = shop.keys();
    shop.server.stop();
    delete(shop.server.dataDir());
    copy(copy, shop.server.dataDir());
    shop.server.startAgain();
    shop.write(3);

    ArchivedServer.Ended ended = shop.run();
    ArchivedServer.Ended next = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.message()).contains("timeline 0002 was opened", "runs on a copy");
    assertThat(ended.outcome().path("next_step").asString()).contains("take a snapshot now");
    Timeline opened = timeline(2);
    assertThat(opened.reason()).isEqualTo(Timeline.Reason.RESTORED_OR_RESET);
    assertThat(opened.continuity()).isInstanceOf(Timeline.Continuity.Proven.class);
    assertThat(opened.parent().orElseThrow().timeline()).isEqualTo(TimelineId.FIRST);
    assertThat(shop.keys()).containsAll(before);
    String active = shop.server.logs().getLast();
    assertThat(shop.tail(2, active)).isEqualTo(shop.onServer(active));
    assertThat(next.exit()).as("it is told once").isZero();
  }

  @Test
  void opensATimelineWithoutAParentAfterAReset() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.run();
    shop.server.run("RESET MASTER");
    shop.write(3);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(timeline(2).parent()).isEmpty();
    assertThat(timeline(2).reason()).isEqualTo(Timeline.Reason.RESTORED_OR_RESET);
    assertThat(shop.run().exit()).isZero();
  }

  @Test
  void saysWhichTransactionsWerePurgedUnseen() throws Exception {
    shop.write(5);
    shop.run();
    ArchivedServer.Purged purged = shop.purgeUnseen();

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("gap");
    assertThat(ended.message())
        .contains("between GTID " + purged.from() + " and GTID " + purged.to());
    assertThat(timeline(2).continuity())
        .isInstanceOfSatisfying(
            Timeline.Continuity.Unproven.class,
            unproven -> {
              assertThat(unproven.from().toString()).isEqualTo(purged.from());
              assertThat(unproven.to().toString()).isEqualTo(purged.to());
            });
    assertThat(shop.run().exit()).isZero();
  }

  @Test
  void goesOnWhereWhatWasPurgedIsArchived() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.write(5);
    shop.run();
    shop.server.purgeTo(shop.server.logs().getLast());
    shop.write(5);

    assertThat(shop.run().exit()).isZero();
    assertThat(shop.archive.ids()).hasSize(1);
  }

  /// With sync_binlog=0 a power failure takes what was acknowledged, and archived, from the log.
  @Test
  void keepsWhatTheServerLostAndOpensATimeline() throws Exception {
    shop.write(5);
    long kept = shop.server.offset();
    shop.write(5);
    shop.run();
    String log = shop.server.logs().getLast();
    byte[] archived = shop.tail(1, log);
    shop.server.kill();
    try (RandomAccessFile file = new RandomAccessFile(shop.server.file(log).toFile(), "rw")) {
      file.setLength(kept);
    }
    shop.server.startAgain();
    shop.write(3);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.message()).contains("the server has lost transactions");
    assertThat(timeline(2).reason()).isEqualTo(Timeline.Reason.SHORTER_THAN_ARCHIVED);
    assertThat(shop.tail(1, log)).as("only retention removes it").isEqualTo(archived);
    assertThat(shop.sealed(2, log)).isEqualTo(shop.onServer(log));
    assertThat(shop.run().exit()).isZero();
  }

  @Test
  void recordsThatALogEndsInsideOfAnEvent() throws Exception {
    shop.write(5);
    String log = shop.server.logs().getLast();
    long whole = shop.server.offset();
    shop.write(1);
    shop.server.kill();
    try (RandomAccessFile file = new RandomAccessFile(shop.server.file(log).toFile(), "rw")) {
      file.setLength(whole + 30);
    }
    shop.server.startAgain();
    shop.write(3);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("damaged");
    Manifest manifest = shop.archive.manifest(TimelineId.FIRST, new LogName(log)).orElseThrow();
    assertThat(manifest.content().size()).isEqualTo(whole);
    assertThat(manifest.sizeOnServer()).isEqualTo(whole + 30);
    ArchivedServer.Ended next = shop.run();
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(shop.archive.ids()).hasSize(1);
  }

  @Test
  void doesNotTakeADomainThatWasRemovedForAGap() throws Exception {
    shop.write(2);
    shop.server.run("SET SESSION gtid_domain_id=7");
    shop.write(1);
    shop.server.run("SET SESSION gtid_domain_id=0");
    shop.write(1);
    shop.server.rotate();
    shop.write(1);
    shop.run();
    shop.server.purgeTo(shop.server.logs().getLast());
    shop.server.rotate();
    shop.server.purgeTo(shop.server.logs().getLast());
    shop.run();
    shop.server.run("FLUSH BINARY LOGS DELETE_DOMAIN_ID=(7)");
    shop.write(1);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("forget the GTID domains [7]");
    assertThat(shop.archive.ids()).hasSize(1);
  }

  /// With their index and the server's own memory of its GTIDs, as a careful person renames them.
  @Test
  void goesOnUnderAnotherNameInATimelineOfItsOwn() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.server.run("PURGE BINARY LOGS TO '" + shop.server.logs().getLast() + "'");
    shop.run();
    String last = shop.server.logs().getLast();
    shop.server.stop();
    for (String name : List.of(last, "bin.index", "bin.state")) {
      Files.move(shop.server.file(name), shop.server.file(name.replace("bin.", "other.")));
    }
    Files.writeString(
        shop.server.file("other.index"), "./" + last.replace("bin.", "other.") + "\n");
    shop.server.startAgain("--log-bin=other");
    shop.write(5);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(timeline(2).reason()).isEqualTo(Timeline.Reason.RENAMED);
    assertThat(timeline(2).continuity()).isInstanceOf(Timeline.Continuity.Proven.class);
    assertThat(shop.run().exit()).isZero();
  }
}
