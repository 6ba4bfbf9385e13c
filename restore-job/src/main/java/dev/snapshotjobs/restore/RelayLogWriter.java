package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.bucket.LogReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Cuts one binary log into relay logs: from where the data of the copy end, up to the end of the
/// plan, and between two transactions wherever a piece has become large enough. Each piece begins
/// as a log does, and ends with an event that does nothing: a server stops in front of an event,
/// not behind one.
final class RelayLogWriter implements LogReader.Sink {
  private static final int HEAD = 4;
  private static final int HEADER = 19;
  private static final int CREATED_AT = HEADER + 2 + 50;
  private static final int FLAGS_AT = 17;
  private static final int CRC = 4;
  private static final int STOP = 3;

  /// Takes pieces, in their order.
  interface Pieces {
    /// The number of the next one, or empty if it was replayed already and need not be written.
    Piece next();

    void done(Piece piece, RelayLog relayLog) throws IOException;
  }

  /// @param wanted whether it has to be written at all
  record Piece(int number, boolean wanted) {}

  /// What is replayed before a log.
  record Progressed(long bytes, long transactions) {}

  private final String log;
  private final long end;
  private final Optional<GtidState> startAt;
  private final long pieceSize;
  private final RelayLogFolder folder;
  private final Pieces pieces;
  private final Following statements;
  private final LogScan scan;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private final Queue<Cut> cuts = new ArrayDeque<>();

  private ChecksumAlgorithm checksum = ChecksumAlgorithm.NONE;
  private long headEnd = Long.MAX_VALUE;
  private boolean begun;
  private boolean ended;
  private long beginsAt = -1;
  private long transactions;
  private long transactionsBefore;
  private long written; // offset in the log
  private long pieceBegan;
  private long replayedBytes;
  private @Nullable Piece piece;
  private @Nullable OutputStream out;
  private @Nullable GtidState endState;
  private long pieceLength;

  /// A place between two transactions at which a piece ends.
  private record Cut(long offset, GtidState state, long transactions) {}

  /// @param log its name, for people
  /// @param startAt the state behind which the replay begins; empty for the beginning of the log
  /// @param end the offset of the first byte that is left out; larger than the log if there is none
  RelayLogWriter(
      String log,
      Optional<GtidState> startAt,
      long end,
      long pieceSize,
      RelayLogFolder folder,
      Pieces pieces,
      Following statements,
      Progressed before) {
    this.log = log;
    this.startAt = startAt;
    this.end = end;
    this.pieceSize = pieceSize;
    this.folder = folder;
    this.pieces = pieces;
    this.statements = statements;
    this.replayedBytes = before.bytes();
    this.transactionsBefore = before.transactions();
    this.begun = startAt.isEmpty();
    this.scan = new LogScan(EventStatuses.STATEMENT, this::on);
  }

  @Override
  public boolean wantsMore() {
    return !ended;
  }

  @Override
  public void accept(byte[] bytes, int from, int length) throws IOException {
    if (ended) {
      return;
    }
    long pieceOffset = written;
    scan.accept(bytes, from, length);
    keepHead(bytes, from, length, pieceOffset);
    long to = Math.min(pieceOffset + length, end);
    long at = pieceOffset;
    while (!cuts.isEmpty()) {
      Cut cut = cuts.remove();
      at = copy(bytes, from, pieceOffset, at, cut.offset());
      finish(cut);
    }
    copy(bytes, from, pieceOffset, at, to);
    written = pieceOffset + length;
    if (scan.offset() >= end && !ended) {
      throw new IOException(
          "%s has no end of a transaction at offset %d, where the plan ends".formatted(log, end));
    }
  }

  /// What begins every log: the magic bytes and the description of the format.
  private void keepHead(byte[] bytes, int from, int length, long offset) {
    long missing = Math.min(headEnd, 64 << 10) - offset;
    if (missing > 0) {
      head.write(bytes, from, (int) Math.min(length, missing));
    }
  }

  private void on(Event event, Progress progress) throws IOException {
    if (event.body() instanceof EventBody.FormatDescription format) {
      checksum = format.checksum();
      headEnd = event.header().end();
    }
    if (event.header().end() <= end) {
      if (begun && event.body() instanceof EventBody.Query query) {
        statements.follow(query);
      }
      if (progress instanceof Progress.Ends && begun) {
        transactions++;
      }
    }
    boolean whole = scan.wholeTransactionsEnd() == event.header().end();
    if (!whole || ended) {
      return;
    }
    long here = event.header().end();
    if (!begun && startAt.filter(scan.state()::equals).isPresent() && behindTheHead(event)) {
      begun = true;
      beginsAt = here;
      pieceBegan = here;
    }
    if (here == end) {
      endState = scan.state();
      cuts.add(new Cut(here, endState, transactions));
      ended = true;
    } else if (begun && here - pieceBegan >= pieceSize && here < end) {
      cuts.add(new Cut(here, scan.state(), transactions));
      pieceBegan = here;
    }
  }

  /// Before the list of GTIDs nobody knows in which state a log begins.
  private static boolean behindTheHead(Event event) {
    return !(event.body() instanceof EventBody.FormatDescription);
  }

  private long copy(byte[] bytes, int from, long pieceOffset, long at, long to) throws IOException {
    long first = Math.max(at, Math.max(0, beginsAt));
    if (!begun || first >= to) {
      return Math.max(at, to);
    }
    Piece current = piece;
    if (current == null) {
      current = pieces.next();
      piece = current;
      pieceLength = 0;
      if (current.wanted()) {
        out = Files.newOutputStream(folder.unfinished(current.number()));
      }
      if (first > 0) {
        write(continuedHead(), 0);
      }
    }
    if (out != null) {
      out.write(bytes, from + (int) (first - pieceOffset), (int) (to - first));
    }
    pieceLength += to - first;
    replayedBytes += to - first;
    return to;
  }

  private void write(byte[] content, int from) throws IOException {
    if (out != null) {
      out.write(content, from, content.length - from);
    }
    pieceLength += content.length - from;
  }

  /// The end of what is replayed of the log.
  ///
  /// @return what is replayed then
  Progressed end() throws IOException {
    if (begun && !ended) {
      if (end != Long.MAX_VALUE) {
        throw new IOException(
            "%s ends at %d, before the end of the plan at %d".formatted(log, written, end));
      }
      scan.summary(); // fails inside of an event
      finish(new Cut(written, scan.state(), transactions));
    }
    return new Progressed(replayedBytes, transactionsBefore + transactions);
  }

  /// Whether the log has the state at which the replay begins.
  boolean begun() {
    return begun;
  }

  /// Where the log, or what the plan takes of it, ends.
  GtidState state() {
    return endState == null ? scan.state() : endState;
  }

  private void finish(Cut cut) throws IOException {
    Piece current = piece;
    if (current == null) {
      return; // nothing of the log lies between the two ends
    }
    long length = pieceLength;
    write(stop(), 0);
    if (out != null) {
      out.close();
      folder.arrive(current.number());
    }
    out = null;
    piece = null;
    pieces.done(
        current,
        new RelayLog(
            current.number(),
            log,
            length,
            cut.state().position(),
            replayedBytes,
            transactionsBefore + cut.transactions()));
  }

  /// As a primary sends it to a replica that goes on inside of a log: it says that no server has
  /// been started here, or else temporary tables would be dropped.
  private byte[] continuedHead() {
    byte[] all = head.toByteArray();
    byte[] copy = java.util.Arrays.copyOf(all, (int) headEnd);
    ByteBuffer buffer = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putShort(HEAD + FLAGS_AT, (short) 0);
    buffer.putInt(HEAD + CREATED_AT, 0);
    buffer.putInt(copy.length - CRC, crc(copy, HEAD, copy.length - HEAD - CRC));
    return copy;
  }

  private byte[] stop() {
    boolean summed = checksum == ChecksumAlgorithm.CRC32;
    int size = HEADER + (summed ? CRC : 0);
    ByteBuffer event = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    event.putInt(0).put((byte) STOP).putInt(1).putInt(size).putInt(0).putShort((short) 0);
    if (summed) {
      event.putInt(crc(event.array(), 0, HEADER));
    }
    return event.array();
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  /// Closes what is left open where the reading was broken off.
  void abandon() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
