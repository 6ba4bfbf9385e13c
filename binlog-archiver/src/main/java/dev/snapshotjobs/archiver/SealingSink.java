package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.LogWriter;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.DumpSink;
import java.io.IOException;

/// Takes the one log that is sealed.
final class SealingSink implements DumpSink {
  private final String log;
  private final LogWriter writer;
  private final PrefixCheck check;

  SealingSink(String log, LogWriter writer, PrefixCheck check) {
    this.log = log;
    this.writer = writer;
    this.check = check;
  }

  @Override
  public boolean begin(String next, long offset) {
    return next.equals(log);
  }

  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    check.accept(bytes, from, length);
    writer.accept(bytes, from, length);
  }

  /// No need to read on when it is seen to be another log.
  @Override
  public boolean wantsMore() {
    return check.difference().isEmpty();
  }

  @Override
  public void caughtUp(BinlogCoordinates at) {}
}
