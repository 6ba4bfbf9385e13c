package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.ScanListener;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.DumpEnd;
import dev.snapshotjobs.common.mariadb.DumpMode;
import dev.snapshotjobs.common.mariadb.DumpSink;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.sql.SQLException;

/// The end of a log of the copy that only its server can read. The logs that the server has begun
/// since it was started do not count: recovery may have written into them.
record LogEndOfServer(GtidState state) {
  static LogEndOfServer read(MariaDbConnector connector, String log)
      throws SQLException, IOException {
    OneLog sink = new OneLog(log);
    DumpEnd end =
        new BinlogDump(connector)
            .read(new BinlogCoordinates(log, 0), new DumpMode.ToTheEnd(), sink);
    if (!sink.begun) {
      throw JobException.refused(
          RestoreReason.COPY_DIFFERS,
          "the server cannot read %s, the newest log of the copy: %s".formatted(log, end),
          "take another snapshot: restore-job windows shows them");
    }
    return new LogEndOfServer(sink.scan.state());
  }

  private static final class OneLog implements DumpSink {
    private final String log;
    private final LogScan scan = new LogScan(100, ScanListener.NONE);
    private boolean begun;

    OneLog(String log) {
      this.log = log;
    }

    @Override
    public boolean begin(String name, long offset) {
      boolean own = name.equals(log);
      begun |= own;
      return own;
    }

    @Override
    public void bytes(byte[] bytes, int from, int length) throws IOException {
      scan.accept(bytes, from, length);
    }

    @Override
    public void caughtUp(BinlogCoordinates at) {}
  }
}
