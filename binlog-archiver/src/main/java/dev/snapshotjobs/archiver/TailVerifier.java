package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.PlainStream;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TailReader;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the chunks of a log that is not sealed again, and holds them against their documents.
record TailVerifier(ObjectStore store, BucketReader reader, StopSignal stop) {

  /// What is wrong with them; empty if nothing is.
  List<Damage> verify(TailPrefix tail) {
    TailChunk last = tail.chunks().getLast();
    try {
      LogSummary found = BucketReader.repeated(() -> read(tail));
      List<String> different = SummaryComparison.differences(last.prefix(), found);
      return different.isEmpty()
          ? List.of()
          : List.of(
              damage(
                  last,
                  ChunkPart.DOCUMENT,
                  "does not describe the log: " + String.join("; ", different)));
    } catch (IOException e) {
      List<Damage> each = eachByItself(tail);
      return each.isEmpty()
          ? List.of(Damage.of(reader.keys(), place(last, ChunkPart.DATA), e))
          : each;
    }
  }

  private LogSummary read(TailPrefix tail) throws IOException {
    LogScan scan = new LogScan(0, (_, _) -> {});
    new TailReader(reader.keys(), this::open)
        .read(
            tail,
            (bytes, from, length) -> {
              stop.throwIfRequested();
              scan.accept(bytes, from, length);
            });
    return scan.summary();
  }

  private InputStream open(String key) throws IOException {
    return store.get(new ObjectKey(key)).orElseThrow(() -> new IOException(key + ": is gone"));
  }

  /// The first that is wrong ends a reading of all of them, and there may be more.
  private List<Damage> eachByItself(TailPrefix tail) {
    List<Damage> damages = new ArrayList<>();
    for (TailChunk chunk : tail.chunks()) {
      ObjectKey key = reader.key(place(chunk, ChunkPart.DATA));
      try {
        Optional<Boolean> intact = reader.read(key, content -> isIntact(chunk, content));
        if (!intact.orElse(false)) {
          String what =
              intact.isEmpty()
                  ? "is gone"
                  : "its plain bytes have not the SHA-256 that its document says";
          damages.add(damage(chunk, ChunkPart.DATA, what));
        }
      } catch (IOException e) {
        damages.add(Damage.of(reader.keys(), place(chunk, ChunkPart.DATA), e));
      }
    }
    return damages;
  }

  private boolean isIntact(TailChunk chunk, InputStream packed) throws IOException {
    stop.throwIfRequested();
    String key = reader.key(place(chunk, ChunkPart.DATA)).value();
    try (DigestedStream plain =
        new DigestedStream(PlainStream.of(key, packed, chunk.range().length()))) {
      return plain.sha256().equals(chunk.sha256());
    }
  }

  private Damage damage(TailChunk chunk, ChunkPart part, String what) {
    return Damage.of(reader.keys(), place(chunk, part), what);
  }

  private static OfChunk place(TailChunk chunk, ChunkPart part) {
    return new OfChunk(chunk.timeline(), chunk.log(), chunk.range(), part);
  }
}
