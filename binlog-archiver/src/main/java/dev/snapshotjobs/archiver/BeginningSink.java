package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.DumpSink;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes of a log what stands before its first transaction, and how that begins.
final class BeginningSink implements DumpSink {
  private final String log;
  private final LogScan scan = new LogScan(0, (event, _) -> note(event));
  private @Nullable Instant begun;
  private @Nullable Instant firstTransaction;

  BeginningSink(String log) {
    this.log = log;
  }

  private void note(Event event) {
    Instant at = event.header().time();
    if (event.body() instanceof EventBody.FormatDescription) {
      begun = at;
    } else if (event.body() instanceof EventBody.GtidBegin && firstTransaction == null) {
      firstTransaction = at;
    }
  }

  @Override
  public boolean begin(String next, long offset) {
    return next.equals(log);
  }

  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    scan.accept(bytes, from, length);
  }

  @Override
  public boolean wantsMore() {
    return firstTransaction == null;
  }

  @Override
  public void caughtUp(BinlogCoordinates at) {}

  LogBeginning beginning() throws IOException {
    LogSummary summary = scan.summary();
    if (begun == null) {
      throw new IOException(log + " has no format description");
    }
    return new LogBeginning(
        new LogHead(summary.head(), summary.start(), summary.encryptedAtSource()),
        begun,
        Optional.ofNullable(firstTransaction));
  }
}
