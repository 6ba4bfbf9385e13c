package dev.snapshotjobs.common.binlog;

/// What stands behind each event of a log, as `@@binlog_checksum` was when the log was begun.
public enum ChecksumAlgorithm {
  NONE(0),
  CRC32(4);

  private final int bytes;

  ChecksumAlgorithm(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }
}
