package dev.snapshotjobs.e2e;

import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.DumpSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Notes where no transaction is open, and what the server had logged up to there.
final class BoundarySink implements DumpSink {
  final Map<BinlogCoordinates, GtidState> boundaries = new HashMap<>();
  final List<LogSummary> summaries = new ArrayList<>();
  private @Nullable LogScan scan;

  @Override
  public boolean begin(String log, long offset) throws IOException {
    end();
    scan = new LogScan(0, (event, _) -> note(log, event.header().end()));
    return true;
  }

  private void note(String log, long end) {
    if (scan != null && scan.wholeTransactionsEnd() == end) {
      boundaries.put(new BinlogCoordinates(log, end), scan.state());
    }
  }

  @Override
  public void bytes(byte[] bytes, int from, int length) throws IOException {
    if (scan != null) {
      scan.accept(bytes, from, length);
    }
  }

  @Override
  public void caughtUp(BinlogCoordinates at) throws IOException {
    end();
  }

  private void end() throws IOException {
    if (scan != null) {
      summaries.add(scan.summary());
      scan = null;
    }
  }
}
