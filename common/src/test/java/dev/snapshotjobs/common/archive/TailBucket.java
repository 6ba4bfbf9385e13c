package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LogSummary;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// A log of arbitrary bytes and the chunks of it that were written.
final class TailBucket {
  private static final ArchiveKeys KEYS = new ArchiveKeys("", "shop-db");

  private final byte[] log;
  private final String head;
  private final Map<String, byte[]> objects = new HashMap<>();

  private TailBucket(byte[] log, String head) {
    this.log = log;
    this.head = head;
  }

  TailBucket(int seed, int length) {
    this(FramesTest.log(length, new Random(seed)), Samples.sha(seed));
  }

  /// A log that differs from this one from there on, though it has the same head.
  TailBucket fork(int from) {
    byte[] other = log.clone();
    for (int i = from; i < other.length; i++) {
      other[i] ^= 1;
    }
    return new TailBucket(other, head);
  }

  TailChunk chunk(int from, int to) {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ChunkWriter writer =
        from == 0 ? ChunkWriter.first(object) : ChunkWriter.after(summary(from), object)) {
      writer.accept(log, from, to - from);
      TailChunk chunk =
          writer
              .finish(summary(to))
              .document("shop-db", Samples.TIMELINE, Samples.LOG, Marks.NONE, Samples.TIME);
      objects.put(key(chunk), object.toByteArray());
      return chunk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes(int to) {
    return Arrays.copyOf(log, to);
  }

  boolean has(TailPrefix prefix) {
    return prefix.chunks().stream().allMatch(chunk -> chunk.prefix().head().equals(head));
  }

  byte[] read(TailPrefix prefix) throws IOException {
    return read(prefix, objects);
  }

  byte[] readWith(TailBucket other, TailPrefix prefix) throws IOException {
    Map<String, byte[]> both = new HashMap<>(objects);
    both.putAll(other.objects);
    return read(prefix, both);
  }

  private static byte[] read(TailPrefix prefix, Map<String, byte[]> objects) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    new TailReader(KEYS, key -> new ByteArrayInputStream(objects.get(key)))
        .read(prefix, plain::write);
    return plain.toByteArray();
  }

  private static String key(TailChunk chunk) {
    return KEYS.key(
        new ArchiveObject.OfChunk(
            chunk.timeline(), chunk.log(), chunk.range(), ArchiveObject.ChunkPart.DATA));
  }

  private LogSummary summary(int to) {
    Sha256 digest = new Sha256();
    digest.update(log, 0, to);
    return new LogSummary(
        to,
        digest.value(),
        head,
        "11.8.6-MariaDB-log",
        ChecksumAlgorithm.CRC32,
        false,
        GtidState.EMPTY,
        GtidState.EMPTY,
        0,
        to - to % 10,
        0,
        Optional.empty(),
        List.of(),
        0,
        new LogEnding.Open());
  }
}
