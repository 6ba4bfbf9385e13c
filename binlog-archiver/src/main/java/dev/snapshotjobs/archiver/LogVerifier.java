package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveFormatException;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.FrameReader;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.PlainSink;
import dev.snapshotjobs.common.archive.PlainStream;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads a sealed log again, from its first byte to its last, and holds it against its manifest and
/// its index. One frame of it is in memory at a time.
final class LogVerifier {
  private static final int PIECE = 64 << 10;

  private final BucketReader reader;
  private final StopSignal stop;
  private final Manifest manifest;
  private final List<Damage> damages = new ArrayList<>();

  private LogVerifier(BucketReader reader, StopSignal stop, Manifest manifest) {
    this.reader = reader;
    this.stop = stop;
    this.manifest = manifest;
  }

  /// What is wrong with it; empty if nothing is.
  static List<Damage> verify(BucketReader reader, StopSignal stop, Manifest manifest) {
    LogVerifier verifier = new LogVerifier(reader, stop, manifest);
    verifier.verify();
    return verifier.damages;
  }

  /// What was found in the bucket.
  ///
  /// @param begun how many transactions begin in each frame; empty if it was read without them
  private record Found(String objectSha256, LogSummary content, List<Long> begun) {}

  private void verify() {
    Optional<LogIndex> index = index();
    Optional<Found> found = index.isPresent() ? byFrames(index.get()) : fromTheStart();
    found.ifPresent(
        read -> {
          compareObject(read);
          compareContent(read.content());
          index.ifPresent(known -> compareIndex(known, read));
        });
  }

  private Optional<LogIndex> index() {
    try {
      Optional<LogIndex> index = reader.index(manifest.timeline(), manifest.log());
      if (index.isEmpty()) {
        return Optional.empty(); // the listing has shown that already
      }
      long size = manifest.content().size();
      int frames = index.get().frames().size();
      if (index.get().size() != size || frames != manifest.frames()) {
        wrongIndex(
            "is of %d bytes in %d frames, and the manifest says %d bytes in %d frames"
                .formatted(index.get().size(), frames, size, manifest.frames()));
        return Optional.empty();
      }
      return index;
    } catch (IOException e) {
      damages.add(Damage.of(reader.keys(), place(LogPart.INDEX), e));
      return Optional.empty();
    }
  }

  /// Where the log can be read without its index, it is the index that is wrong.
  private Optional<Found> byFrames(LogIndex index) {
    try {
      return orGone(reader.read(key(LogPart.DATA), content -> read(content, Optional.of(index))));
    } catch (ArchiveFormatException e) {
      Optional<Found> found = fromTheStart();
      if (found.isPresent()) {
        wrongIndex("does not fit the log: " + e.getMessage());
      }
      return found;
    } catch (IOException e) {
      wrongData(e);
      return Optional.empty();
    }
  }

  private Optional<Found> fromTheStart() {
    try {
      return orGone(reader.read(key(LogPart.DATA), content -> read(content, Optional.empty())));
    } catch (IOException e) {
      wrongData(e);
      return Optional.empty();
    }
  }

  private Optional<Found> orGone(Optional<Found> found) {
    if (found.isEmpty()) {
      damages.add(Damage.of(reader.keys(), place(LogPart.DATA), "is gone"));
    }
    return found;
  }

  private Found read(ObjectContent object, Optional<LogIndex> index) throws IOException {
    long[] begun = new long[index.map(known -> known.frames().size()).orElse(0)];
    LogScan scan =
        new LogScan(
            0,
            (event, progress) -> {
              if (progress instanceof Progress.Begins && index.isPresent()) {
                begun[index.get().frameAt(event.header().offset())]++;
              }
            });
    PlainSink sink =
        (bytes, from, length) -> {
          stop.throwIfRequested();
          scan.accept(bytes, from, length);
        };
    try (DigestedStream packed = new DigestedStream(object)) {
      if (index.isPresent()) {
        // Frames lie one behind the other: each is what comes next.
        new FrameReader(
                key(LogPart.DATA).value(), index.get(), (_, length) -> packed.readNBytes(length))
            .read(0, index.get().size(), sink);
      } else {
        readPlain(packed, sink);
      }
      return new Found(packed.sha256(), scan.summary(), Arrays.stream(begun).boxed().toList());
    }
  }

  private void readPlain(InputStream packed, PlainSink sink) throws IOException {
    byte[] piece = new byte[PIECE];
    String key = key(LogPart.DATA).value();
    // What it reads from is closed by who has opened it.
    PlainStream plain = PlainStream.of(key, packed, manifest.content().size());
    for (int length; (length = plain.read(piece, 0, PIECE)) >= 0; ) {
      sink.accept(piece, 0, length);
    }
  }

  private void compareObject(Found found) {
    if (!found.objectSha256().equals(manifest.object().sha256())) {
      String what = "is not what was written: its SHA-256 is " + found.objectSha256();
      damages.add(Damage.of(reader.keys(), place(LogPart.DATA), what));
    }
  }

  private void compareContent(LogSummary found) {
    List<String> different = SummaryComparison.differences(manifest.content(), found);
    if (!different.isEmpty()) {
      String what = "does not describe the log: " + String.join("; ", different);
      damages.add(Damage.of(reader.keys(), place(LogPart.MANIFEST), what));
    }
  }

  private void compareIndex(LogIndex index, Found found) {
    for (int i = 0; i < found.begun().size(); i++) {
      long said = index.frames().get(i).transactions();
      if (said != found.begun().get(i)) {
        wrongIndex(
            "says that %d transactions begin in frame %d, and %d do"
                .formatted(said, i, found.begun().get(i)));
        break;
      }
    }
    GtidState end = found.content().end();
    boolean allEnded =
        found.content().abandoned() == 0
            && found.content().wholeTransactionsEnd() == found.content().size();
    if (allEnded && !index.end().equals(end)) {
      wrongIndex("ends at %s, and the log at %s".formatted(index.end(), end));
    }
  }

  private void wrongIndex(String what) {
    damages.add(Damage.of(reader.keys(), place(LogPart.INDEX), what));
  }

  private void wrongData(IOException e) {
    damages.add(Damage.of(reader.keys(), place(LogPart.DATA), e));
  }

  private OfLog place(LogPart part) {
    return new OfLog(manifest.timeline(), manifest.log(), part);
  }

  private ObjectKey key(LogPart part) {
    return reader.key(place(part));
  }
}
