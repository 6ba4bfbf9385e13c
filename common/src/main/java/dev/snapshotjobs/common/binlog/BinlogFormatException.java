package dev.snapshotjobs.common.binlog;

import java.io.IOException;

/// Bytes that are not what a binary log has at this place.
public final class BinlogFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What kind of damage it is, for who decides what to do next.
  public enum Fault {
    NOT_A_BINLOG,
    /// The bytes end inside of an event.
    TRUNCATED,
    BAD_LENGTH,
    BAD_CHECKSUM,
    /// An event whose length and checksum are right and whose content is not.
    BAD_CONTENT,
    UNKNOWN_EVENT,
    /// The file of a server with `encrypt_binlog`: only that server can read it.
    ENCRYPTED
  }

  private final Fault fault;
  private final long offset;

  BinlogFormatException(Fault fault, long offset, String expectedAndFound) {
    super("binary log at offset " + offset + ": " + expectedAndFound);
    this.fault = fault;
    this.offset = offset;
  }

  public Fault fault() {
    return fault;
  }

  /// Where the event begins that is wrong; every byte before it was read and found right.
  public long offset() {
    return offset;
  }
}
