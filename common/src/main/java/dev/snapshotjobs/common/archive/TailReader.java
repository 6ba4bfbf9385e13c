package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import java.io.IOException;
import java.io.InputStream;

/// Reads the chunks of a log as one, and holds every byte against what their documents say.
public final class TailReader {
  private static final int PIECE = 64 << 10;

  private final ArchiveKeys keys;
  private final Source source;

  /// Opens the data of a chunk.
  @FunctionalInterface
  public interface Source {
    InputStream open(String key) throws IOException;
  }

  public TailReader(ArchiveKeys keys, Source source) {
    this.keys = keys;
    this.source = source;
  }

  /// Gives the plain bytes of the log from the first. They are proven when this returns: a chunk
  /// that does not continue the others is found out only at its end, and named.
  public void read(TailPrefix prefix, PlainSink sink) throws IOException {
    Sha256 whole = new Sha256();
    long offset = 0;
    for (TailChunk chunk : prefix.chunks()) {
      read(chunk, offset, whole, sink);
      offset = chunk.range().to();
    }
  }

  private void read(TailChunk chunk, long done, Sha256 whole, PlainSink sink) throws IOException {
    String key =
        keys.key(
            new ArchiveObject.OfChunk(
                chunk.timeline(), chunk.log(), chunk.range(), ArchiveObject.ChunkPart.DATA));
    Sha256 own = new Sha256();
    byte[] piece = new byte[PIECE];
    long offset = chunk.range().from();
    try (InputStream packed = source.open(key);
        PlainStream plain = PlainStream.of(key, packed, chunk.range().length())) {
      for (int length; (length = plain.read(piece, 0, PIECE)) >= 0; offset += length) {
        own.update(piece, 0, length);
        int known = Math.clamp(done - offset, 0, length);
        whole.update(piece, known, length - known);
        sink.accept(piece, known, length - known);
      }
    }
    if (!own.value().equals(chunk.sha256())) {
      throw new ArchiveFormatException(
          Fault.DAMAGED, key, "its plain bytes have not the SHA-256 that its document says");
    }
    if (!whole.value().equals(chunk.prefix().sha256())) {
      throw new ArchiveFormatException(
          Fault.INCONSISTENT,
          key,
          ("it does not continue the chunks before it: the log up to %d has not the SHA-256 that"
                  + " its document says")
              .formatted(chunk.range().to()));
    }
  }
}
