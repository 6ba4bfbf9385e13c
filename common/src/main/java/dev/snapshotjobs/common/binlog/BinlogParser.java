package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import dev.snapshotjobs.common.binlog.EventBody.FormatDescription;
import java.io.IOException;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Takes the plain bytes of one binary log, in pieces of any size, and tells of its events. Needs
/// the same little memory for an event of any size. After an exception it is of no more use.
public final class BinlogParser {
  static final int MAGIC_LENGTH = 4;
  private static final byte[] MAGIC = {(byte) 0xFE, 'b', 'i', 'n'};

  private final EventListener listener;
  private final int textBytes;
  private final BodyDecoder decoder;
  private final HeadFingerprint head = new HeadFingerprint();
  private final CRC32 crc = new CRC32();
  private final byte[] headerBytes = new byte[EventHeader.SIZE];
  private int headerLength;
  private @Nullable PartialEvent partial;
  private @Nullable FormatDescription format;
  private long offset;

  private BinlogParser(
      EventListener listener, int textBytes, long offset, @Nullable FormatDescription format) {
    this.listener = listener;
    this.textBytes = textBytes;
    this.decoder = new BodyDecoder(textBytes);
    this.offset = offset;
    this.format = format;
  }

  /// Of a log from its very first byte.
  ///
  /// @param textBytes how much of a statement its events shall have
  public static BinlogParser fromStart(int textBytes, EventListener listener) {
    return new BinlogParser(listener, textBytes, 0, null);
  }

  /// Of a log from the end of an event that was read before.
  public static BinlogParser resuming(
      long offset, FormatDescription format, int textBytes, EventListener listener) {
    if (offset <= MAGIC_LENGTH) {
      throw new IllegalArgumentException("no event ends at " + offset);
    }
    return new BinlogParser(listener, textBytes, offset, format);
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
    if (isInsideAnEvent()) {
      throw fault(
          Fault.TRUNCATED,
          partial == null
              ? "the log ends inside of the header of an event"
              : "the log ends inside of a %s event of %d bytes"
                  .formatted(partial.header().type(), partial.header().size()));
    }
  }

  boolean isInsideAnEvent() {
    return headerLength > 0 || partial != null;
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
      EventHeader header = checked(EventHeader.read(bytes, at, offset));
      if (header.size() <= end - at && header.type() != EventType.FORMAT_DESCRIPTION) {
        whole(header, bytes, at);
        return (int) header.size();
      }
      return goOn(expect(header), bytes, at, end);
    }
    int length = Math.min(end - at, EventHeader.SIZE - headerLength);
    System.arraycopy(bytes, at, headerBytes, headerLength, length);
    headerLength += length;
    if (headerLength == EventHeader.SIZE) {
      EventHeader header = checked(EventHeader.read(headerBytes, 0, offset));
      headerLength = 0;
      goOn(expect(header), headerBytes, 0, EventHeader.SIZE);
    }
    return length;
  }

  private PartialEvent expect(EventHeader header) {
    int limit = Limits.kept(header.type(), textBytes);
    PartialEvent expected = new PartialEvent(header, limit, streamedChecksum(header));
    partial = expected;
    return expected;
  }

  private int goOn(PartialEvent event, byte[] bytes, int at, int end) throws IOException {
    int taken = event.take(bytes, at, end);
    if (event.isWhole()) {
      partial = null;
      requireChecksum(event.header(), event.checksumHolds());
      finish(event.header(), event.kept(), 0, event.keptLength());
    }
    return taken;
  }

  private void whole(EventHeader header, byte[] bytes, int at) throws IOException {
    int length = (int) header.size();
    if (checksum(header) == ChecksumAlgorithm.CRC32) {
      crc.reset();
      crc.update(bytes, at, length - 4);
      requireChecksum(header, crc.getValue() == LittleEndian.u32(bytes, at + length - 4));
    }
    finish(header, bytes, at, length);
  }

  /// @param kept how many of the event's bytes are in the array
  private void finish(EventHeader header, byte[] bytes, int at, int kept) throws IOException {
    if (header.type() == EventType.UNKNOWN && !header.ignorable()) {
      throw fault(Fault.UNKNOWN_EVENT, "event type " + header.typeCode() + " is none of MariaDB's");
    }
    if (header.statedEnd() != 0 && header.statedEnd() != (header.end() & 0xFFFF_FFFFL)) {
      throw fault(
          Fault.BAD_CONTENT,
          "the %s event says that it ends at %d, expected %d"
              .formatted(header.type(), header.statedEnd(), header.end()));
    }
    if (header.type() == EventType.FORMAT_DESCRIPTION) {
      checkFormatDescription(header, bytes, at, kept);
    }
    long contentEnd = header.size() - checksum(header).bytes();
    int keptEnd = (int) Math.min(kept, contentEnd);
    Cursor content =
        new Cursor(header, bytes, at + EventHeader.SIZE, at + keptEnd, contentEnd - keptEnd);
    EventBody body = decoder.decode(header, content);
    if (body instanceof FormatDescription found) {
      format = found;
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

  /// Its checksum is there whatever the algorithm of the others, and is of it without the flag.
  private void checkFormatDescription(EventHeader header, byte[] bytes, int at, int length)
      throws BinlogFormatException {
    bytes[at + EventHeader.FLAGS_AT] &= ~EventHeader.IN_USE;
    crc.reset();
    crc.update(bytes, at, length - 4);
    requireChecksum(header, crc.getValue() == LittleEndian.u32(bytes, at + length - 4));
  }

  private EventHeader checked(EventHeader header) throws BinlogFormatException {
    boolean first = format == null;
    if (first != (header.type() == EventType.FORMAT_DESCRIPTION)) {
      throw fault(
          Fault.BAD_CONTENT,
          first
              ? "expected a format description first, found event type " + header.typeCode()
              : "a second format description");
    }
    int least = EventHeader.SIZE + checksum(header).bytes();
    long most =
        Limits.neededWhole(header.type())
            ? Limits.kept(header.type(), textBytes)
            : EventHeader.LARGEST;
    if (header.size() < least || header.size() > most) {
      throw fault(
          Fault.BAD_LENGTH,
          "an event of type %d with a length of %d, expected %d to %d"
              .formatted(header.typeCode(), header.size(), least, most));
    }
    return header;
  }

  private ChecksumAlgorithm checksum(EventHeader header) {
    return format == null || header.type() == EventType.FORMAT_DESCRIPTION
        ? ChecksumAlgorithm.CRC32
        : format.checksum();
  }

  private ChecksumAlgorithm streamedChecksum(EventHeader header) {
    return header.type() == EventType.FORMAT_DESCRIPTION
        ? ChecksumAlgorithm.NONE
        : checksum(header);
  }

  private void requireChecksum(EventHeader header, boolean holds) throws BinlogFormatException {
    if (!holds) {
      throw fault(
          Fault.BAD_CHECKSUM,
          "the CRC32 of a %s event of %d bytes is wrong".formatted(header.type(), header.size()));
    }
  }

  private BinlogFormatException fault(Fault fault, String expectedAndFound) {
    return new BinlogFormatException(fault, offset, expectedAndFound);
  }
}
