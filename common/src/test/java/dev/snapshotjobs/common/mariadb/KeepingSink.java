package dev.snapshotjobs.common.mariadb;

import java.io.ByteArrayOutputStream;

/// Keeps the bytes of one log and wants no other.
final class KeepingSink implements DumpSink {
  private final String log;
  final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  KeepingSink(String log) {
    this.log = log;
  }

  @Override
  public boolean begin(String next, long offset) {
    return next.equals(log);
  }

  @Override
  public void bytes(byte[] bytes, int from, int length) {
    kept.write(bytes, from, length);
  }

  @Override
  public void caughtUp(BinlogCoordinates at) {}
}
