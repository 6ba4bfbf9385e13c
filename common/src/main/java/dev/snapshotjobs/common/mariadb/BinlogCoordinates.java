package dev.snapshotjobs.common.mariadb;

/// A place in one server's binary log: file name and byte offset, as `SHOW BINLOG STATUS` says it.
public record BinlogCoordinates(String file, long offset) {
  public BinlogCoordinates {
    if (file.isBlank() || offset < 0) {
      throw new IllegalArgumentException("not binlog coordinates: '" + file + "' at " + offset);
    }
  }

  @Override
  public String toString() {
    return file + ":" + offset;
  }
}
