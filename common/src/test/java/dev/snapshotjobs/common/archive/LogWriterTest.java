package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.BinlogFormatException;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.binlog.RealLogs;
import dev.snapshotjobs.common.binlog.ScanListener;
import dev.snapshotjobs.common.binlog.Transaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// On logs that a real server wrote.
class LogWriterTest {
  private static final ArchiveKeys KEYS = new ArchiveKeys("", "shop-db");

  @Test
  void keepsEveryByteAndKnowsWhatAReadingFinds() throws IOException {
    for (Map.Entry<String, byte[]> each : RealLogs.all().entrySet()) {
      byte[] log = each.getValue();
      ByteArrayOutputStream object = new ByteArrayOutputStream();
      LogWriter.Written written = write(log, object, 7000);

      assertThat(written.content()).as(each.getKey()).isEqualTo(scan(log, log.length).summary());
      assertThat(plain(object.toByteArray(), log.length)).as(each.getKey()).isEqualTo(log);
      assertThat(written.object().size()).isEqualTo(object.size());
      assertThat(written.object().sha256()).isEqualTo(sha256(object.toByteArray()));
      Manifest manifest =
          written.manifest("shop-db", Samples.TIMELINE, Samples.LOG, log.length, Samples.TIME);
      assertThat(Manifest.read("key", manifest.json())).isEqualTo(manifest);
      assertThat(LogIndex.read("key", new ByteArrayInputStream(written.index().packed())))
          .isEqualTo(written.index());
    }
  }

  @Test
  void cutsALogOfSeveralFramesBetweenEventsAndFindsEachTransaction() throws Exception {
    try (LoggingServer server = LoggingServer.start("--binlog-format=ROW")) {
      server.run(
          "CREATE DATABASE shop",
          "USE shop",
          "CREATE TABLE shop.t (id INT PRIMARY KEY, x LONGTEXT)");
      for (int i = 0; i < 60; i++) {
        server.run(
            "INSERT INTO shop.t SELECT %d + seq, REPEAT(MD5(%d * 1000 + seq), 250) FROM seq_0_to_49"
                .formatted(i * 50, i),
            "SET SESSION gtid_domain_id = " + i % 3);
      }
      byte[] log = server.bytes(server.rotate());
      ByteArrayOutputStream object = new ByteArrayOutputStream();
      LogWriter.Written written = write(log, object, 65_536);
      LogIndex index = written.index();
      List<Long> ends = new ArrayList<>();
      List<Transaction> transactions = new ArrayList<>();
      LogScan scan =
          new LogScan(
              0,
              (event, progress) -> {
                ends.add(event.header().end());
                if (progress instanceof Progress.Ends(Transaction transaction)) {
                  transactions.add(transaction);
                }
              });
      scan.accept(log, 0, log.length);

      assertThat(index.frames()).hasSizeGreaterThan(2);
      assertThat(index.frames()).allSatisfy(f -> assertThat(ends).contains(f.frame().end()));
      assertThat(index.size()).isEqualTo(log.length);
      assertThat(index.frames().getFirst().state()).contains(written.content().start());
      assertThat(index.end()).isEqualTo(written.content().end());
      assertThat(index.frames().stream().mapToLong(IndexedFrame::transactions).sum())
          .isEqualTo(transactions.size());
      for (Transaction transaction : transactions) {
        assertThat(index.framesThatMayHold(transaction.gtid()))
            .containsExactly(index.frameAt(transaction.offset()));
        assertThat(index.framesThatMayHold(transaction.began(), transaction.began()))
            .contains(index.frameAt(transaction.offset()));
      }
      readsOneTransaction(log, object.toByteArray(), index, transactions.get(40));
    }
  }

  private static void readsOneTransaction(
      byte[] log, byte[] object, LogIndex index, Transaction transaction) throws IOException {
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    List<Integer> fetched = new ArrayList<>();
    new FrameReader(
            "key",
            index,
            (offset, length) -> {
              fetched.add(length);
              return Arrays.copyOfRange(object, (int) offset, (int) offset + length);
            })
        .read(transaction.offset(), transaction.end(), part::write);

    assertThat(part.toByteArray())
        .isEqualTo(Arrays.copyOfRange(log, (int) transaction.offset(), (int) transaction.end()));
    assertThat(fetched).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void writesChunksThatMakeUpTheLog() throws IOException {
    byte[] log = RealLogs.get("ROW");
    List<Integer> ends = new ArrayList<>();
    LogScan events = new LogScan(0, (event, _) -> ends.add((int) event.header().end()));
    events.accept(log, 0, log.length);
    Map<String, byte[]> bucket = new HashMap<>();
    List<TailChunk> chunks = new ArrayList<>();
    LogSummary before = null;
    int from = 0;
    for (int i = 1; i < ends.size(); i += 20) {
      LogSummary prefix = scan(log, ends.get(i)).summary();
      ByteArrayOutputStream object = new ByteArrayOutputStream();
      try (ChunkWriter writer =
          before == null ? ChunkWriter.first(object) : ChunkWriter.after(before, object)) {
        writer.accept(log, from, ends.get(i) - from);
        TailChunk chunk =
            writer
                .finish(prefix)
                .document("shop-db", Samples.TIMELINE, Samples.LOG, Marks.NONE, Samples.TIME);
        chunks.add(TailChunk.read("key", chunk.json()));
        bucket.put(
            KEYS.key(
                new ArchiveObject.OfChunk(
                    chunk.timeline(), chunk.log(), chunk.range(), ArchiveObject.ChunkPart.DATA)),
            object.toByteArray());
      }
      before = prefix;
      from = ends.get(i);
    }
    TailPrefix prefix = TailPrefix.longest(chunks.reversed());
    ByteArrayOutputStream read = new ByteArrayOutputStream();

    new TailReader(KEYS, key -> new ByteArrayInputStream(bucket.get(key)))
        .read(prefix, read::write);

    assertThat(prefix.chunks()).isEqualTo(chunks);
    assertThat(read.toByteArray()).isEqualTo(Arrays.copyOf(log, from));
    assertThat(prefix.wholeTransactionsEnd())
        .isEqualTo(scan(log, from).summary().wholeTransactionsEnd());
  }

  @Test
  void writesNoLogThatIsDamagedOrNotWhole() throws IOException {
    byte[] log = RealLogs.get("schema").clone();
    assertThatThrownBy(
            () -> write(Arrays.copyOf(log, log.length - 1), OutputStream.nullOutputStream(), 1000))
        .isInstanceOf(BinlogFormatException.class);
    log[log.length / 2] ^= 4;
    assertThatThrownBy(() -> write(log, OutputStream.nullOutputStream(), 1000))
        .isInstanceOf(BinlogFormatException.class);
  }

  private static LogWriter.Written write(byte[] log, OutputStream object, int piece)
      throws IOException {
    try (LogWriter writer = new LogWriter(object)) {
      for (int at = 0; at < log.length; at += piece) {
        writer.accept(log, at, Math.min(piece, log.length - at));
      }
      return writer.finish(Marks.NONE);
    }
  }

  private static byte[] plain(byte[] object, long length) throws IOException {
    try (InputStream in = PlainStream.of("key", new ByteArrayInputStream(object), length)) {
      return in.readAllBytes();
    }
  }

  private static LogScan scan(byte[] log, int length) throws IOException {
    LogScan scan = new LogScan(0, ScanListener.NONE);
    scan.accept(log, 0, length);
    return scan;
  }

  private static String sha256(byte[] bytes) {
    Sha256 digest = new Sha256();
    digest.update(bytes, 0, bytes.length);
    return digest.value();
  }
}
