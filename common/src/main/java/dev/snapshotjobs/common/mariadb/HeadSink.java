package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import java.io.IOException;

/// Takes of a log what stands before its first transaction.
final class HeadSink implements DumpSink {
  private final LogScan scan = new LogScan(0, (event, _) -> note(event));
  private boolean begun;
  private boolean whole;

  private void note(Event event) {
    whole |= event.body() instanceof EventBody.GtidList;
  }

  @Override
  public boolean begin(String log, long offset) {
    boolean first = !begun;
    begun = true;
    return first;
  }

  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    scan.accept(bytes, from, length);
  }

  @Override
  public boolean wantsMore() {
    return !whole;
  }

  @Override
  public void caughtUp(BinlogCoordinates at) {}

  LogHead head() throws IOException {
    LogSummary summary = scan.summary();
    return new LogHead(summary.head(), summary.start(), summary.encryptedAtSource());
  }
}
