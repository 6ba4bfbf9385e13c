package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ChunkWriter;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.DumpSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes the log that is being written, holds its beginning against what is archived of it, and
/// gives the rest on in chunks. Only whole events get into a chunk.
final class TailSink implements DumpSink {
  /// A chunk is cut after the event with which it reaches this size.
  static final int CHUNK = 8 << 20;

  /// Larger events are archived when their log is sealed: a chunk is made in memory.
  static final int LARGEST_EVENT = 16 << 20;

  private static final int SIZE_AT = 9;
  private static final int HEADER = 19;

  /// Where complete chunks go.
  interface Chunks {
    /// Takes the next one.
    ///
    /// @param atServerEnd the state where the server stood before; empty if that is not reached yet
    void add(ChunkWriter.Written chunk, byte[] packed, Optional<GtidState> atServerEnd)
        throws IOException;
  }

  private final String log;
  private final long archivedEnd;
  private final PrefixCheck check;
  private final Chunks chunks;
  private final BinlogCoordinates serverEnd;
  private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
  private final LogScan scan = new LogScan(0, (_, _) -> afterEvent());
  private long given;
  private boolean tooLarge;
  private boolean rotated;
  private @Nullable GtidState stateAtServerEnd;
  private @Nullable LogSummary archived;
  private @Nullable ChunkWriter chunk;

  /// @param serverEnd where the server stood before the reading began
  TailSink(String log, TailPrefix archived, BinlogCoordinates serverEnd, Chunks chunks) {
    this.log = log;
    this.archivedEnd = archived.end();
    this.check = new PrefixCheck(archived);
    this.serverEnd = serverEnd;
    this.chunks = chunks;
  }

  @Override
  public boolean begin(String next, long offset) {
    rotated = !next.equals(log);
    return !rotated;
  }

  /// A piece never reaches over the end of an event, so neither over the end of a chunk.
  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    boolean eventBegins = scan.offset() == given && length >= HEADER;
    tooLarge |= eventBegins && sizeOf(bytes, from) > LARGEST_EVENT;
    check.accept(bytes, from, length);
    if (tooLarge || check.difference().isPresent()) {
      return;
    }
    if (given >= archivedEnd) {
      chunk().accept(bytes, from, length);
    }
    scan.accept(bytes, from, length);
    given += length;
    if (given == archivedEnd) {
      archived = scan.summary();
    }
  }

  private static long sizeOf(byte[] bytes, int from) {
    long size = 0;
    for (int i = 3; i >= 0; i--) {
      size = size << 8 | (bytes[from + SIZE_AT + i] & 0xFF);
    }
    return size;
  }

  private void afterEvent() {
    if (serverEnd.file().equals(log) && scan.offset() <= serverEnd.offset()) {
      stateAtServerEnd = scan.state();
    }
  }

  private ChunkWriter chunk() {
    ChunkWriter open = chunk;
    if (open == null) {
      packed.reset();
      open = archived == null ? ChunkWriter.first(packed) : ChunkWriter.after(archived, packed);
      chunk = open;
    }
    return open;
  }

  @Override
  public boolean wantsMore() throws IOException {
    if (chunk != null && chunk.length() >= CHUNK) {
      cut();
    }
    return !tooLarge && check.difference().isEmpty();
  }

  /// Gives on what is left; at the end of an event.
  void cut() throws IOException {
    ChunkWriter open = chunk;
    if (open == null) {
      return;
    }
    LogSummary summary = scan.summary();
    try (open) {
      chunks.add(open.finish(summary), packed.toByteArray(), stateAtServerEnd());
    }
    chunk = null;
    archived = summary;
  }

  /// Whether the server began another log meanwhile, so that this one can be sealed.
  boolean rotated() {
    return rotated;
  }

  /// Whether an event has to wait until the log is sealed.
  boolean leftALargeEvent() {
    return tooLarge;
  }

  Optional<String> difference() {
    return check.differenceAtTheEnd();
  }

  /// What was read of the log, all of it archived by now.
  LogSummary read() throws IOException {
    return scan.summary();
  }

  private Optional<GtidState> stateAtServerEnd() {
    return scan.offset() >= serverEnd.offset()
        ? Optional.ofNullable(stateAtServerEnd)
        : Optional.empty();
  }

  @Override
  public void caughtUp(BinlogCoordinates at) {}
}
