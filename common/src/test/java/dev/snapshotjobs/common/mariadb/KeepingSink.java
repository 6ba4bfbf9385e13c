package dev.snapshotjobs.common.mariadb;

import java.io.ByteArrayOutputStream;

/// Keeps the bytes of one log and wants no other.
public final class KeepingSink implements DumpSink {
  private final String log;
  public final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  public KeepingSink(String log) {
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
