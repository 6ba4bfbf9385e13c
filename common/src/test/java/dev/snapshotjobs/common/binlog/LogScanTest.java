package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogScanTest {
  private static final int STANDALONE = 1;
  private static final int TRANSACTIONAL = 4;

  @Test
  void sumsUpALogOfTheServer() throws Exception {
    byte[] log = RealLogs.get("ROW");

    LogSummary summary = scan(log).summary();

    assertThat(summary.size()).isEqualTo(log.length);
    assertThat(summary.sha256()).isEqualTo(sha256(log));
    assertThat(summary.serverVersion()).isEqualTo("11.4.5-MariaDB-log");
    assertThat(summary.ending()).isEqualTo(new LogEnding.RotatedTo("bin.000003"));
    assertThat(summary.wholeTransactionsEnd()).isEqualTo(log.length);
    assertThat(summary.transactions()).isEqualTo(42);
    assertThat(summary.times()).isPresent();
    assertThat(summary.incidents()).isEmpty();
  }

  @Test
  void endsWhereTheNextLogBegins() throws Exception {
    assertThat(scan(RealLogs.get("schema")).summary().end())
        .isEqualTo(scan(RealLogs.get("ROW")).summary().start());
    assertThat(scan(RealLogs.get("ROW")).summary().end())
        .isEqualTo(scan(RealLogs.get("MIXED")).summary().start());
  }

  @Test
  void tellsLogsApartByTheirHeadAndNotByWhatCameLater() throws Exception {
    byte[] log = RealLogs.get("ROW");
    List<Long> ends = new ArrayList<>();
    BinlogParser.fromStart(0, event -> ends.add(event.header().end())).accept(log, 0, log.length);
    byte[] head = Arrays.copyOf(log, ends.get(1).intValue());

    assertThat(scan(log).summary().head()).isEqualTo(sha256(head));
    assertThat(scan(head).summary().head()).isEqualTo(sha256(head));
    assertThat(scan(RealLogs.get("MIXED")).summary().head()).isNotEqualTo(sha256(head));
  }

  @Test
  void takesALogInUseForWhatItWillBeWhenItIsClosed() throws Exception {
    byte[] closed = RealLogs.get("schema");
    byte[] open = closed.clone();
    open[InUseFlag.OFFSET] |= 1;

    assertThat(scan(open).summary()).isEqualTo(scan(closed).summary());
    InUseFlag.clear(open, 0, open.length, 0);
    assertThat(open).isEqualTo(closed);
  }

  @Test
  void canBeAskedAtTheEndOfAnyEvent() throws Exception {
    byte[] log = RealLogs.get("no checksum");
    List<Long> ends = new ArrayList<>();
    BinlogParser.fromStart(0, event -> ends.add(event.header().end())).accept(log, 0, log.length);
    LogScan scan = new LogScan(0, ScanListener.NONE);
    long at = 0;

    for (long end : ends) {
      scan.accept(log, (int) at, (int) (end - at));
      at = end;
      assertThat(scan.summary().sha256()).isEqualTo(sha256(Arrays.copyOf(log, (int) end)));
    }
  }

  @Test
  void isWholeUpToTheTransactionThatIsStillOpen() throws Exception {
    LogBuilder log =
        LogBuilder.with(ChecksumAlgorithm.NONE).gtid(5, STANDALONE).query("FLUSH TABLES");
    int whole = log.size();
    log.gtid(6, TRANSACTIONAL).query("INSERT INTO t VALUES ('COMMIT')");

    LogSummary summary = scan(log.bytes()).summary();

    assertThat(summary.wholeTransactionsEnd()).isEqualTo(whole);
    assertThat(summary.transactions()).isEqualTo(1);
    assertThat(summary.end()).hasToString("0-3-5");
    assertThat(summary.abandoned()).isZero();
  }

  @Test
  void countsWhatTheServerCouldNotFinishAndSaysWhereItSaysSo() throws Exception {
    LogBuilder log = LogBuilder.with(ChecksumAlgorithm.NONE).gtid(1, TRANSACTIONAL).query("INSERT");
    int incident = log.size();
    log.add(EventType.INCIDENT, new Body().u16(1).u8(8).text("no space"));
    log.gtid(2, TRANSACTIONAL).query("INSERT").query("ROLLBACK");

    LogSummary summary = scan(log.bytes()).summary();

    assertThat(summary.abandoned()).isEqualTo(1);
    assertThat(summary.transactions()).isEqualTo(1);
    assertThat(summary.end()).hasToString("0-3-2");
    assertThat(summary.incidents())
        .containsExactly(new LogSummary.IncidentAt(incident, 1, "no space"));
    assertThat(summary.times())
        .contains(LogSummary.Times.of(Instant.ofEpochSecond(LogBuilder.TIME)));
  }

  @Test
  void remembersClocksThatWentBack() {
    Instant early = Instant.ofEpochSecond(10);
    Instant late = Instant.ofEpochSecond(30);
    Instant between = Instant.ofEpochSecond(20);

    assertThat(LogSummary.Times.of(between).and(late).and(early).and(between))
        .isEqualTo(new LogSummary.Times(between, between, early, late));
  }

  private static LogScan scan(byte[] log) throws IOException {
    LogScan scan = new LogScan(100, ScanListener.NONE);
    scan.accept(log, 0, log.length);
    return scan;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
