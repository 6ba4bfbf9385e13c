package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import dev.snapshotjobs.common.binlog.EventBody.FormatDescription;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// What must hold for every event of a log, given how the log says it is written.
final class EventChecks {
  private final int textBytes;
  private final CRC32 crc = new CRC32();
  private @Nullable FormatDescription format;

  /// @param format null until the log has said it
  EventChecks(int textBytes, @Nullable FormatDescription format) {
    this.textBytes = textBytes;
    this.format = format;
  }

  void follow(FormatDescription found) {
    format = found;
  }

  /// The description of the format has one whatever the others have.
  ChecksumAlgorithm checksum(EventHeader header) {
    return format == null || header.type() == EventType.FORMAT_DESCRIPTION
        ? ChecksumAlgorithm.CRC32
        : format.checksum();
  }

  /// Checks what has to be known before any more of the event is taken.
  void header(EventHeader header) throws BinlogFormatException {
    boolean first = format == null;
    if (first != (header.type() == EventType.FORMAT_DESCRIPTION)) {
      throw fault(
          Fault.BAD_CONTENT,
          header,
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
          header,
          "an event of type %d with a length of %d, expected %d to %d"
              .formatted(header.typeCode(), header.size(), least, most));
    }
  }

  /// Checks an event that is whole and whose checksum was right.
  void content(EventHeader header) throws BinlogFormatException {
    if (header.type() == EventType.UNKNOWN && !header.ignorable()) {
      throw fault(
          Fault.UNKNOWN_EVENT,
          header,
          "event type " + header.typeCode() + " is none that MariaDB is known to write");
    }
    if (header.statedEnd() != 0 && header.statedEnd() != (header.end() & 0xFFFF_FFFFL)) {
      throw fault(
          Fault.BAD_CONTENT,
          header,
          "the %s event says that it ends at %d, expected %d"
              .formatted(header.type(), header.statedEnd(), header.end()));
    }
  }

  /// Checks the checksum of an event that lies in one piece.
  void checksum(EventHeader header, byte[] bytes, int at) throws BinlogFormatException {
    if (checksum(header) == ChecksumAlgorithm.CRC32) {
      int summed = (int) header.size() - ChecksumAlgorithm.CRC32.bytes();
      crc.reset();
      crc.update(bytes, at, summed);
      checksum(header, crc.getValue() == LittleEndian.u32(bytes, at + summed));
    }
  }

  void checksum(EventHeader header, boolean holds) throws BinlogFormatException {
    if (!holds) {
      throw fault(
          Fault.BAD_CHECKSUM,
          header,
          "the CRC32 of a %s event of %d bytes is wrong".formatted(header.type(), header.size()));
    }
  }

  private static BinlogFormatException fault(Fault fault, EventHeader header, String what) {
    return new BinlogFormatException(fault, header.offset(), what);
  }
}
