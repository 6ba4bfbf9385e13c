package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import dev.snapshotjobs.common.binlog.EventBody.FormatDescription;
import java.io.IOException;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Takes the plain bytes of one binary log, in pieces of any size, and tells of its events. Needs
/// the same little memory for an event of any size. After an exception it is of no more use.
public final class BinlogParser {
  static final int MAGIC_LENGTH = 4;
  private static final byte[] MAGIC = {(byte) 0xFE, 'b', 'i', 'n'};

  private final EventListener listener;
  private final int textBytes;
  private final BodyDecoder decoder;
  private final EventChecks checks;
  private final @Nullable RowCounting counting;
  private final HeadFingerprint head = new HeadFingerprint();
  private final byte[] headerBytes = new byte[EventHeader.SIZE];
  private int headerLength;
  private @Nullable PartialEvent partial;
  private long offset;

  private BinlogParser(
      EventListener listener,
      int textBytes,
      long offset,
      @Nullable FormatDescription format,
      @Nullable RowCounting counting) {
    this.listener = listener;
    this.counting = counting;
    this.textBytes = textBytes;
    this.decoder = new BodyDecoder(textBytes);
    this.checks = new EventChecks(textBytes, format);
    this.offset = offset;
  }

  /// Of a log from its very first byte.
  ///
  /// @param textBytes how much of a statement its events shall have
  public static BinlogParser fromStart(int textBytes, EventListener listener) {
    return new BinlogParser(listener, textBytes, 0, null, null);
  }

  /// The same, with the number of rows in each [EventBody.Rows].
  public static BinlogParser countingRows(int textBytes, EventListener listener) {
    return new BinlogParser(listener, textBytes, 0, null, new RowCounting());
  }

  /// Of a log from the end of an event that was read before.
  public static BinlogParser resuming(
      long offset, FormatDescription format, int textBytes, EventListener listener) {
    if (offset <= MAGIC_LENGTH) {
      throw new IllegalArgumentException("no event ends at " + offset);
    }
    return new BinlogParser(listener, textBytes, offset, format, null);
  }

  public void accept(byte[] bytes, int from, int length) throws IOException {
    int end = Objects.checkFromIndexSize(from, length, bytes.length) + length;
    int at = from;
    while (at < end) {
      if (offset < MAGIC_LENGTH) {
        checkMagic(bytes[at++]);
      } else if (partial != null) {
        at += goOn(partial, bytes, at, end);
      } else {
        at += begin(bytes, at, end);
      }
    }
  }

  /// Where the last whole event ends.
  public long offset() {
    return offset;
  }

  /// Says that no more bytes come. Fails if that leaves an event unfinished.
  public void end() throws BinlogFormatException {
    if (offset < MAGIC_LENGTH) {
      throw fault(Fault.TRUNCATED, "the log ends before its first event");
    }
    if (partial != null) {
      EventHeader header = partial.header();
      throw fault(
          Fault.TRUNCATED,
          "the log ends inside of a %s event of %d bytes".formatted(header.type(), header.size()));
    }
    if (headerLength > 0) {
      throw fault(Fault.TRUNCATED, "the log ends inside of the header of an event");
    }
  }

  /// The fingerprint of the head, as far as it was read.
  String headFingerprint() {
    return head.value();
  }

  private void checkMagic(byte next) throws BinlogFormatException {
    if (next != MAGIC[(int) offset]) {
      throw fault(
          Fault.NOT_A_BINLOG,
          "expected the bytes fe 62 69 6e at the beginning; this is no binary log, or one that"
              + " InnoDB manages (binlog_storage_engine=innodb)");
    }
    offset++;
    if (offset == MAGIC_LENGTH) {
      head.add(MAGIC, 0, MAGIC_LENGTH);
    }
  }

  private int begin(byte[] bytes, int at, int end) throws IOException {
    if (headerLength == 0 && end - at >= EventHeader.SIZE) {
      EventHeader header = EventHeader.read(bytes, at, offset);
      checks.header(header);
      boolean keptByUs = header.type() == EventType.FORMAT_DESCRIPTION; // a bit of it is cleared
      if (header.size() > end - at || keptByUs) {
        return goOn(expect(header), bytes, at, end);
      }
      checks.checksum(header, bytes, at);
      RowCounter rows = counter(header);
      if (rows != null) {
        int content = (int) header.size() - EventHeader.SIZE - checks.checksum(header).bytes();
        rows.accept(bytes, at + EventHeader.SIZE, content);
      }
      finish(header, bytes, at, (int) header.size());
      return (int) header.size();
    }
    int length = Math.min(end - at, EventHeader.SIZE - headerLength);
    System.arraycopy(bytes, at, headerBytes, headerLength, length);
    headerLength += length;
    if (headerLength == EventHeader.SIZE) {
      EventHeader header = EventHeader.read(headerBytes, 0, offset);
      checks.header(header);
      headerLength = 0;
      goOn(expect(header), headerBytes, 0, EventHeader.SIZE);
    }
    return length;
  }

  private PartialEvent expect(EventHeader header) {
    PartialEvent expected =
        new PartialEvent(
            header,
            Limits.kept(header.type(), textBytes),
            checks.checksum(header),
            counter(header));
    partial = expected;
    return expected;
  }

  private @Nullable RowCounter counter(EventHeader header) {
    return counting == null ? null : counting.begin(header);
  }

  private int goOn(PartialEvent event, byte[] bytes, int at, int end) throws IOException {
    int taken = event.take(bytes, at, end);
    if (event.isWhole()) {
      partial = null;
      EventHeader header = event.header();
      if (header.type() == EventType.FORMAT_DESCRIPTION) {
        // Its checksum is of it without the flag, as is its fingerprint.
        event.kept()[EventHeader.FLAGS_AT] &= ~EventHeader.IN_USE;
        checks.checksum(header, event.kept(), 0);
      } else {
        checks.checksum(header, event.checksumHolds());
      }
      finish(header, event.kept(), 0, event.keptLength());
    }
    return taken;
  }

  /// @param kept how many of the event's bytes are in the array
  private void finish(EventHeader header, byte[] bytes, int at, int kept) throws IOException {
    checks.content(header);
    long contentEnd = header.size() - checks.checksum(header).bytes();
    int keptEnd = (int) Math.min(kept, contentEnd);
    int contentAt = at + EventHeader.SIZE;
    long unkept = contentEnd - keptEnd;
    Cursor content = new Cursor(header, bytes, contentAt, at + keptEnd, unkept);
    EventBody body =
        decoder.decode(header, content, counting == null ? OptionalLong.empty() : counting.end());
    if (counting != null) {
      counting.follow(body, new Cursor(header, bytes, contentAt, at + keptEnd, unkept));
    }
    if (body instanceof FormatDescription found) {
      checks.follow(found);
    }
    if (Limits.neededWhole(header.type())) {
      head.add(bytes, at, kept);
    }
    if (body instanceof EventBody.StartEncryption(boolean decrypted) && !decrypted) {
      throw fault(Fault.ENCRYPTED, "what follows is encrypted; only its server can read it");
    }
    offset = header.end();
    listener.on(new Event(header, body));
  }

  private BinlogFormatException fault(Fault fault, String expectedAndFound) {
    return new BinlogFormatException(fault, offset, expectedAndFound);
  }
}
