package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What is where in a sealed log: its frames from the first to the last byte, and its marks.
///
/// @param end the state of all transactions that begin in the log or before it
public record LogIndex(List<IndexedFrame> frames, GtidState end, Marks marks) {
  public LogIndex {
    frames = List.copyOf(frames);
    if (frames.isEmpty() || frames.size() > ArchiveLimits.FRAMES) {
      throw new IllegalArgumentException("no log has " + frames.size() + " frames");
    }
    long offset = 0;
    long objectOffset = 0;
    for (IndexedFrame indexed : frames) {
      Frame frame = indexed.frame();
      if (frame.offset() != offset || frame.objectOffset() != objectOffset) {
        throw new IllegalArgumentException(
            "a frame is at %d and %d, and the one before ends at %d and %d"
                .formatted(frame.offset(), frame.objectOffset(), offset, objectOffset));
      }
      offset = frame.end();
      objectOffset = frame.objectEnd();
    }
    if (frames.getFirst().state().isEmpty()) {
      throw new IllegalArgumentException("the first frame has no GTID state");
    }
    marks.checkWithin(0, offset, ArchiveLimits.INDEX_MARKS);
  }

  /// How long the plain log is.
  public long size() {
    return frames.getLast().frame().end();
  }

  /// The number of the frame that holds the byte at this offset.
  public int frameAt(long offset) {
    if (offset < 0 || offset >= size()) {
      throw new IllegalArgumentException("no byte is at %d of %d".formatted(offset, size()));
    }
    int low = 0;
    int high = frames.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (frames.get(middle).frame().end() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The numbers of the frames in which the transaction may begin; mostly one, or none if the log
  /// does not have it.
  public List<Integer> framesThatMayHold(Gtid gtid) {
    List<Integer> found = new ArrayList<>();
    for (int first = 0, next; first < frames.size(); first = next) {
      next = nextWithState(first);
      List<IndexedFrame> between = frames.subList(first, next);
      GtidState before = between.getFirst().state().orElse(GtidState.EMPTY);
      GtidState after = next < frames.size() ? frames.get(next).state().orElse(end) : end;
      boolean ordered = between.stream().allMatch(IndexedFrame::ordered);
      if (mayHold(gtid, before, after, ordered)) {
        for (int i = first; i < next; i++) {
          if (frames.get(i).transactions() > 0) {
            found.add(i);
          }
        }
      }
    }
    return found;
  }

  private int nextWithState(int first) {
    int next = first + 1;
    while (next < frames.size() && frames.get(next).state().isEmpty()) {
      next++;
    }
    return next;
  }

  /// Whether the transaction may begin between two states.
  ///
  /// @param ordered whether sequence numbers only rise between them
  private static boolean mayHold(Gtid gtid, GtidState before, GtidState after, boolean ordered) {
    return after.lastLike(gtid).isPresent()
        && (!ordered || (after.reaches(gtid) && !before.reaches(gtid)));
  }

  /// The numbers of the frames in which transactions begin that carry times of this span, both ends
  /// included.
  public List<Integer> framesThatMayHold(Instant from, Instant to) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i).mayHold(from, to)) {
        found.add(i);
      }
    }
    return found;
  }

  /// As one object for the bucket, compressed.
  public byte[] packed() {
    return LogIndexWriter.write(this);
  }

  /// Reads what was written.
  ///
  /// @param object the key, for what there is to complain about
  public static LogIndex read(String object, InputStream packed) throws IOException {
    return LogIndexReader.read(object, packed);
  }
}
