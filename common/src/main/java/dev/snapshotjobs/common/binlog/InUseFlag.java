package dev.snapshotjobs.common.binlog;

/// The one bit in which a log on the disk of a server may differ from what the server sends of it:
/// set while the log is written, and for ever when the server died then. The checksum of the event
/// is of the event without it.
public final class InUseFlag {
  /// In a log: four bytes, then the header of the format description.
  static final int OFFSET = BinlogParser.MAGIC_LENGTH + EventHeader.FLAGS_AT;

  private InUseFlag() {}

  /// Clears it, if it is among the given bytes.
  ///
  /// @param logOffset where the first of the bytes stands in its log
  public static void clear(byte[] bytes, int from, int length, long logOffset) {
    long flagAt = OFFSET - logOffset;
    if (flagAt >= 0 && flagAt < length) {
      bytes[from + (int) flagAt] &= ~EventHeader.IN_USE;
    }
  }
}
