package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ChunkRange;
import dev.snapshotjobs.common.archive.ChunkWriter;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.DumpSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the log that is being written, holds its beginning against what is archived of it, and
/// gives the rest on in chunks. Only whole events get into a chunk.
final class TailSink implements DumpSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TailSink.class);

  /// A chunk is cut after the event with which it reaches this size.
  static final int CHUNK = 8 << 20;

  /// A larger event gets a chunk of its own, which is sent while it is read: others are made in
  /// memory.
  static final int LARGEST_EVENT = 4 << 20;

  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(1);

  /// How often a server that logs nothing leaves a mark in the bucket.
  private static final Duration BETWEEN_MARKS = Duration.ofMinutes(1);

  private static final int SIZE_AT = 9;
  private static final int HEADER = 19;

  /// Where chunks and marks go.
  interface Chunks {
    /// Begins a chunk of one event that is too large to be held.
    ///
    /// @param before what was read of the log up to there
    OpenChunk beginLarge(LogSummary before, ChunkRange range) throws IOException;

    /// Begins a chunk of which nobody knows yet where it ends.
    ///
    /// @param before what was read of the log up to there; null if it begins the log
    OpenChunk begin(@Nullable LogSummary before) throws IOException;

    /// Takes a mark that no chunk carries.
    ///
    /// @param archived what was read of the log up to there
    void mark(LogSummary archived, Mark mark) throws IOException;
  }

  /// A chunk that takes bytes.
  interface OpenChunk extends AutoCloseable {
    ChunkWriter writer();

    /// The chunk is complete.
    ///
    /// @param prefix what was read of the log up to its end
    void end(LogSummary prefix, Marks marks) throws IOException;

    @Override
    void close();
  }

  /// Says where the server stands now.
  interface ServerEnds {
    ServerEnd ask() throws IOException;
  }

  private final String log;
  private final long archivedEnd;
  private final PrefixCheck check;
  private final TailWatch watch;
  private final Chunks chunks;
  private final Optional<Following> following;
  private final ServerEnds ends;
  private final InstantSource clock;
  private final LogScan scan = new LogScan(0, (_, _) -> afterEvent());
  private long given;
  private long givenBefore;
  private boolean rotated;
  private boolean endsHere;
  private Optional<String> contradiction = Optional.empty();
  private @Nullable LogSummary archived;
  private @Nullable OpenChunk chunk;
  private boolean ofOneEvent;
  private Instant chunkBegan = Instant.MAX;
  private Instant asked;
  private Instant marked;

  /// @param before where the server stood before the reading began
  TailSink(
      TailPrefix prefix,
      ServerEnd before,
      Optional<Following> following,
      ServerEnds ends,
      Chunks chunks,
      InstantSource clock) {
    this.log = before.coordinates().file();
    this.archivedEnd = prefix.end();
    this.check = new PrefixCheck(prefix);
    this.watch = new TailWatch(log, before);
    this.following = following;
    this.ends = ends;
    this.chunks = chunks;
    this.clock = clock;
    this.asked = before.at();
    this.marked = before.at();
  }

  @Override
  public boolean begin(String next, long offset) {
    rotated = !next.equals(log);
    return !rotated;
  }

  /// A piece never reaches over the end of an event, so neither over the end of a chunk.
  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    check.accept(bytes, from, length);
    if (check.difference().isPresent()) {
      return;
    }
    if (given >= archivedEnd) {
      boolean eventBegins = scan.offset() == given && length >= HEADER;
      chunkFor(eventBegins ? sizeOf(bytes, from) : 0).writer().accept(bytes, from, length);
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
    if (watch.expects(scan.offset())) {
      watch.reached(scan.state());
    }
  }

  /// @param eventSize of the event that begins here; 0 if none does
  private OpenChunk chunkFor(long eventSize) throws IOException {
    boolean large = eventSize > LARGEST_EVENT;
    if (large) {
      cut();
    }
    OpenChunk open = chunk;
    if (open == null) {
      LogSummary before = archived;
      open =
          large && before != null // the events that begin a log are small
              ? chunks.beginLarge(before, new ChunkRange(given, given + eventSize))
              : chunks.begin(before);
      chunk = open;
      ofOneEvent = large && before != null;
      chunkBegan = clock.instant();
    }
    return open;
  }

  @Override
  public boolean wantsMore() throws IOException {
    if (check.difference().isPresent()) {
      return false;
    }
    Instant now = clock.instant();
    OpenChunk open = chunk;
    if (open != null && (ofOneEvent || open.writer().length() >= CHUNK || isOld(now))) {
      cut();
    }
    if (given != givenBefore) {
      givenBefore = given;
      watch.progress(now);
    }
    return following.isEmpty() || goesOn(following.get(), now);
  }

  /// Nothing comes now, and this is all that a server that logs nothing is heard of.
  @Override
  public void caughtUp(BinlogCoordinates at) {}

  private boolean isOld(Instant now) {
    return following.filter(by -> !chunkBegan.plus(by.interval()).isAfter(now)).isPresent();
  }

  private boolean goesOn(Following by, Instant now) throws IOException {
    if (!asked.plus(BETWEEN_QUESTIONS).isAfter(now)) {
      asked = now;
      if (!watch.isWaiting()) {
        watch.expect(ends.ask());
        endsHere = given < archivedEnd && watch.expects(scan.offset());
        afterEvent(); // it may stand right here
      }
      contradiction = watch.contradiction(scan.offset(), now);
      if (!marked.plus(BETWEEN_MARKS).isAfter(now)) {
        marked = now;
        mark();
        tell(now);
      }
    }
    // However long it takes to come to where the server stood when it began.
    boolean over = given >= archivedEnd && watch.caughtUp().isPresent() && !by.until().isAfter(now);
    return !over && !endsHere && contradiction.isEmpty();
  }

  /// Where a chunk is open, the mark goes with it.
  private void mark() throws IOException {
    LogSummary end = archived;
    Optional<Mark> mark = watch.unwritten();
    if (chunk == null && end != null && mark.isPresent() && mark.get().offset() == end.size()) {
      chunks.mark(end, mark.get());
      watch.written();
    }
  }

  private void tell(Instant now) {
    LOG.atInfo()
        .addKeyValue("log", log)
        .addKeyValue("archived", archived == null ? 0 : archived.size())
        .addKeyValue(
            "rpo_ms",
            watch
                .lastWritten()
                .map(mark -> Duration.between(mark.at(), now).toMillis())
                .orElse(null))
        .log("following");
  }

  /// Gives on what is left; at the end of an event.
  private void cut() throws IOException {
    OpenChunk open = chunk;
    if (open == null) {
      return;
    }
    LogSummary summary = scan.summary();
    chunk = null;
    try (open) {
      open.end(summary, watch.take(summary.size() - open.writer().length()));
    }
    watch.written();
    archived = summary;
  }

  /// Gives on what is left, now that the reading has ended.
  ///
  /// @return what the log has not that is archived of it
  Optional<String> end() throws IOException {
    // Where the reading was given up, nothing is known of what comes behind.
    Optional<String> difference =
        contradiction.isPresent() ? check.difference() : check.differenceAtTheEnd();
    if (difference.isEmpty()) {
      cut();
      if (!rotated) {
        mark();
      }
    }
    return difference;
  }

  /// Drops what was not given on.
  @Override
  public void close() {
    OpenChunk open = chunk;
    chunk = null;
    if (open != null) {
      open.close();
    }
  }

  /// Whether the server began another log meanwhile, so that this one can be sealed.
  boolean rotated() {
    return rotated;
  }

  /// Why this log cannot be the one that the server writes.
  Optional<String> contradiction() {
    return contradiction;
  }

  /// What was read of the log, all of it archived by now.
  LogSummary read() throws IOException {
    return scan.summary();
  }

  /// The last mark at which the reading had caught up.
  Optional<Mark> lastCaughtUp() {
    return watch.caughtUp();
  }
}
