package dev.snapshotjobs.common.binlog;

import java.time.Instant;

/// What every event begins with.
///
/// @param offset where the event begins in its log, counted: the position that an event says of
///   itself is mostly 0 and never more than 32 bit
/// @param size of the whole event, with header and checksum
/// @param timestamp seconds since 1970: when the statement began, not when it was committed
/// @param typeCode the type as the log has it, also of types that we know nothing of
public record EventHeader(
    long offset,
    long size,
    long timestamp,
    int typeCode,
    long serverId,
    long statedEnd,
    int flags) {
  static final int SIZE = 19;
  static final int FLAGS_AT = 17;

  /// The server has not closed the log: it is writing it, or has died while it did.
  static final int IN_USE = 0x1;

  /// Depends on its session: it makes, uses or drops a temporary table.
  static final int OF_SESSION = 0x4;

  /// Made for the wire; no log has it.
  static final int ARTIFICIAL = 0x20;

  /// Whoever does not know the event may pass over it.
  static final int IGNORABLE = 0x80;

  /// A server reads no event that is larger, since no packet can be ([MariaDB:
  /// max_allowed_packet](https://mariadb.com/docs/server/server-management/variables-and-modes/server-system-variables#max_allowed_packet)),
  /// but for its own overhead.
  static final long LARGEST = (1L << 30) + (1L << 20);

  /// Reads the header of an event that begins at the given index.
  ///
  /// @param offset where the event stands in its log
  public static EventHeader read(byte[] bytes, int index, long offset) {
    return new EventHeader(
        offset,
        LittleEndian.u32(bytes, index + 9),
        LittleEndian.u32(bytes, index),
        bytes[index + 4] & 0xFF,
        LittleEndian.u32(bytes, index + 5),
        LittleEndian.u32(bytes, index + 13),
        LittleEndian.u16(bytes, index + FLAGS_AT));
  }

  public EventType type() {
    return EventType.of(typeCode);
  }

  public long end() {
    return offset + size;
  }

  public Instant time() {
    return Instant.ofEpochSecond(timestamp);
  }

  public boolean artificial() {
    return (flags & ARTIFICIAL) != 0;
  }

  public boolean ofSession() {
    return (flags & OF_SESSION) != 0;
  }

  boolean inUse() {
    return (flags & IN_USE) != 0;
  }

  boolean ignorable() {
    return (flags & IGNORABLE) != 0;
  }
}
