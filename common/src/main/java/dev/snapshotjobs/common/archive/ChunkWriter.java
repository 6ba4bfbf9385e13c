package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.LogSummary;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/// Writes a chunk of a log that is not sealed: takes its plain bytes, which somebody else checks,
/// and compresses them. Does not close the stream. Not for several threads.
public final class ChunkWriter implements AutoCloseable {
  private final long from;
  private final String beforeSha256;
  private final DigestingStream object;
  private final Sha256 plain = new Sha256();
  private final FrameWriter frames;

  /// What is to be written next to the chunk, but for where it belongs.
  public record Written(
      ChunkRange range,
      String sha256,
      String beforeSha256,
      LogSummary prefix,
      StoredObject object) {
    public TailChunk document(
        String instance, TimelineId timeline, LogName log, Marks marks, Instant archivedAt) {
      return new TailChunk(
          instance, timeline, log, range, sha256, beforeSha256, prefix, object, marks, archivedAt);
    }
  }

  private ChunkWriter(OutputStream object, long from, String beforeSha256) {
    this.from = from;
    this.beforeSha256 = beforeSha256;
    this.object = new DigestingStream(object);
    this.frames = new FrameWriter(this.object, from, plain::update, _ -> {});
  }

  /// Of the chunk that begins the log.
  public static ChunkWriter first(OutputStream object) {
    return new ChunkWriter(object, 0, Sha256.EMPTY);
  }

  /// Of a later one.
  ///
  /// @param before what a reading of the log up to there found
  public static ChunkWriter after(LogSummary before, OutputStream object) {
    return new ChunkWriter(object, before.size(), before.sha256());
  }

  public void accept(byte[] bytes, int at, int length) throws IOException {
    frames.accept(bytes, at, length);
  }

  /// How many plain bytes the chunk has so far.
  public long length() {
    return frames.offset() - from;
  }

  /// Says that the chunk is complete.
  ///
  /// @param prefix what a reading of the log up to here found
  public Written finish(LogSummary prefix) throws IOException {
    if (prefix.size() != frames.offset()) {
      throw new IllegalArgumentException(
          "the log was read up to %d, and the chunk ends at %d"
              .formatted(prefix.size(), frames.offset()));
    }
    frames.finish();
    return new Written(
        new ChunkRange(from, prefix.size()), plain.value(), beforeSha256, prefix, object.written());
  }

  @Override
  public void close() {
    frames.close();
  }
}
