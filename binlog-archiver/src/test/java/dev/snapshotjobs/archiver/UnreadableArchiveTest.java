package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import dev.snapshotjobs.common.archive.ChunkRange;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.WriteOptions;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What `archive` does with an archive that somebody has put his hands on.
class UnreadableArchiveTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  private String first = "";
  private String second = "";

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
    shop.write(5);
    first = shop.server.rotate();
    shop.write(5);
    second = shop.server.rotate();
    shop.write(5);
    assertThat(shop.run().exit()).isZero();
    shop.write(5);
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  private void copy(ObjectKey from, ObjectKey to) throws IOException {
    byte[] content;
    try (var found = shop.store.get(from).orElseThrow()) {
      content = found.readAllBytes();
    }
    shop.store.delete(to);
    shop.store.putIfAbsent(to, content, WriteOptions.JSON);
  }

  private void isRefused(ObjectKey copied, ObjectKey key) {
    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("archive-unreadable");
    assertThat(ended.message()).contains(copied.value(), key.value());
    assertThat(ended.outcome().path("next_step").asString()).startsWith("move it away");
  }

  @Test
  void refusesAManifestThatLiesUnderTheKeyOfAnotherLog() throws Exception {
    ObjectKey own = manifest(first);
    ObjectKey other = manifest(second);

    copy(own, other);

    isRefused(own, other);
  }

  @Test
  void refusesTheDocumentOfAnotherTimeline() throws Exception {
    ObjectKey own = shop.archive.key(new TimelineDocument(TimelineId.FIRST));
    ObjectKey other = shop.archive.key(new TimelineDocument(new TimelineId(2)));

    copy(own, other);

    isRefused(own, other);
  }

  @Test
  void refusesAChunkThatLiesUnderAnotherRange() throws Exception {
    LogName log = new LogName(shop.server.logs().getLast());
    TailChunk chunk = shop.archive.tail(TimelineId.FIRST, log).chunks().getFirst();
    ObjectKey own = chunk(log, chunk.range());
    ObjectKey other = chunk(log, new ChunkRange(0, chunk.range().to() + 1));

    copy(own, other);

    isRefused(own, other);
  }

  @Test
  void refusesAMarkThatLiesUnderAnotherTime() throws Exception {
    shop.run();
    shop.run(); // without a chunk that could carry it
    LogName log = new LogName(shop.server.logs().getLast());
    ObjectKey own =
        shop.keys().stream()
            .filter(key -> key.contains("/mark-"))
            .map(ObjectKey::new)
            .findFirst()
            .orElseThrow();
    ObjectKey other = shop.archive.key(new OfMark(TimelineId.FIRST, log, Instant.EPOCH));

    copy(own, other);

    isRefused(own, other);
  }

  private ObjectKey manifest(String log) {
    return shop.archive.key(new OfLog(TimelineId.FIRST, new LogName(log), LogPart.MANIFEST));
  }

  private ObjectKey chunk(LogName log, ChunkRange range) {
    return shop.archive.key(new OfChunk(TimelineId.FIRST, log, range, ChunkPart.DOCUMENT));
  }
}
