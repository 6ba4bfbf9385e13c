package dev.snapshotjobs.common.bucket;

import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.FrameReader;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.PlainSink;
import dev.snapshotjobs.common.archive.PlainStream;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TailReader;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads the plain bytes of archived logs. What arrives is held against the frames' own checksums
/// and sizes, and of a log that is not sealed against the digests of its chunks; whether a sealed
/// log is the one of its manifest, only a reading of all of it could tell.
public final class LogReader {
  /// How many frames are fetched and unpacked while the one before them is looked at.
  private static final int AHEAD = 4;

  private static final int PIECE = 64 << 10;

  private final ObjectStore store;
  private final BucketReader reader;

  public LogReader(ObjectStore store, BucketReader reader) {
    this.store = store;
    this.reader = reader;
  }

  /// Takes the bytes of a log, and may have enough of them.
  public interface Sink extends PlainSink {
    /// Asked now and then; if not, the reading ends soon.
    default boolean wantsMore() {
      return true;
    }
  }

  /// Gives what is archived of a log, from its first byte on.
  public void read(ArchivedLog log, Sink sink) throws IOException {
    switch (log) {
      case ArchivedLog.Sealed(Manifest manifest) -> read(manifest, sink);
      case ArchivedLog.Open(TailPrefix tail) -> read(tail, sink);
    }
  }

  /// Its chunks go away when the log is sealed, also while they are read. Then the sealed log has
  /// the same bytes at the same places, as far as the chunks went.
  private void read(TailPrefix tail, Sink sink) throws IOException {
    Skipping counted = new Skipping(sink, 0, Long.MAX_VALUE);
    try {
      new TailReader(reader.keys(), this::open).read(tail, counted);
    } catch (GoneException e) {
      TailChunk last = tail.chunks().getLast();
      Optional<Manifest> sealed = reader.manifest(last.timeline(), last.log());
      if (sealed
          .filter(manifest -> manifest.content().head().equals(last.prefix().head()))
          .isEmpty()) {
        throw e;
      }
      read(sealed.get(), new Skipping(sink, counted.offset, last.range().to()));
    }
  }

  /// Hands on what lies between two offsets.
  private static final class Skipping implements Sink {
    private final Sink sink;
    private final long from;
    private final long to;
    private long offset;

    Skipping(Sink sink, long from, long to) {
      this.sink = sink;
      this.from = from;
      this.to = to;
    }

    @Override
    public void accept(byte[] bytes, int first, int length) throws IOException {
      int skipped = Math.clamp(from - offset, 0, length);
      int end = Math.clamp(to - offset, skipped, length);
      offset += length;
      if (end > skipped) {
        sink.accept(bytes, first + skipped, end - skipped);
      }
    }

    @Override
    public boolean wantsMore() {
      return offset < to && sink.wantsMore();
    }
  }

  private void read(Manifest manifest, Sink sink) throws IOException {
    ObjectKey key = reader.key(new OfLog(manifest.timeline(), manifest.log(), LogPart.DATA));
    Optional<LogIndex> index = reader.index(manifest.timeline(), manifest.log());
    if (index.isPresent()) {
      byFrames(key, index.get(), sink);
    } else {
      fromTheStart(key, manifest.content().size(), sink);
    }
  }

  private void byFrames(ObjectKey key, LogIndex index, Sink sink) throws IOException {
    FrameReader frames =
        new FrameReader(key.value(), index, (offset, length) -> range(key, offset, length));
    ExecutorService threads = Executors.newFixedThreadPool(AHEAD, Thread.ofVirtual().factory());
    try (threads) {
      try {
        Queue<Future<byte[]>> coming = new ArrayDeque<>();
        int next = 0;
        for (int frame = 0; frame < index.frames().size() && sink.wantsMore(); frame++) {
          while (next < index.frames().size() && coming.size() < AHEAD) {
            int number = next++;
            coming.add(threads.submit(() -> frames.frame(number)));
          }
          byte[] plain = Together.result(coming.remove());
          sink.accept(plain, 0, plain.length);
        }
      } finally {
        threads.shutdownNow(); // nobody waits for what is ahead
      }
    } catch (InterruptedException e) {
      throw Together.interrupted(e);
    }
  }

  private byte[] range(ObjectKey key, long offset, int length) throws IOException {
    return BucketReader.repeated(
        () -> {
          try (ObjectContent content =
              store
                  .getRange(key, offset, length)
                  .orElseThrow(() -> new IOException(key + ": is gone"))) {
            return content.readAllBytes();
          }
        });
  }

  private void fromTheStart(ObjectKey key, long size, Sink sink) throws IOException {
    byte[] piece = new byte[PIECE];
    try (InputStream packed = open(key.value());
        PlainStream plain = PlainStream.of(key.value(), packed, size)) {
      for (int length; sink.wantsMore() && (length = plain.read(piece, 0, PIECE)) >= 0; ) {
        sink.accept(piece, 0, length);
      }
    }
  }

  private InputStream open(String key) throws IOException {
    return store.get(new ObjectKey(key)).orElseThrow(() -> new GoneException(key));
  }

  /// There was such an object when its document was read.
  private static final class GoneException extends IOException {
    private static final long serialVersionUID = 1L;

    GoneException(String key) {
      super(key + ": is gone");
    }
  }
}
