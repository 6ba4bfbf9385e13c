package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.InUseFlag;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.binlog.ScanListener;
import dev.snapshotjobs.common.binlog.Transaction;
import dev.snapshotjobs.common.binlog.Workload;
import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.mariadb.DumpEnd;
import dev.snapshotjobs.common.mariadb.DumpMode;
import dev.snapshotjobs.common.mariadb.KeepingSink;
import dev.snapshotjobs.common.mariadb.ScanningSink;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The logs of a MariaDB 11.8 against its own files, its own tool and its own account of itself.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BinaryLogsIT {
  private static final DumpMode TO_THE_END = new DumpMode.ToTheEnd();
  private static final String ROWS = DatabaseContainer.DATA + "rows.txt";

  @AutoClose private DatabaseContainer server;

  @BeforeAll
  void start() throws SQLException {
    server =
        DatabaseContainer.start(
            "--log-bin-trust-function-creators=1",
            "--max-allowed-packet=1G",
            "--innodb-flush-log-at-trx-commit=0");
    server.run("yes 'a line of the file' | head -n 15000 > " + ROWS);
    try (Session session = server.session()) {
      session.run(Workload.schema());
      session.run(RandomWorkload.schema());
    }
  }

  @Test
  void areWhatTheFilesHaveAndWhatMariadbBinlogReads() throws Exception {
    Map<String, ChecksumAlgorithm> checksums = new LinkedHashMap<>();
    String oldest;
    try (Session session = server.session()) {
      oldest = session.ask("SHOW BINARY LOGS").getFirst();
      session.run("USE shop", "SET SESSION binlog_annotate_row_events = 1");
      for (String compress : List.of("0", "1")) {
        session.run("SET GLOBAL log_bin_compress = " + compress);
        for (String format : List.of("ROW", "MIXED", "STATEMENT")) {
          session.run("SET SESSION binlog_format = " + format);
          session.run(statements(format));
          checksums.put(session.rotate(), ChecksumAlgorithm.CRC32);
        }
      }
      session.run("SET GLOBAL log_bin_compress = 0, GLOBAL binlog_checksum = NONE");
      session.run("SET SESSION binlog_format = ROW");
      session.run(statements("ROW"));
      checksums.put(session.log(), ChecksumAlgorithm.NONE);
      session.run("SET GLOBAL binlog_checksum = CRC32");
    }

    ScanningSink sink = closedLogsAreEqual(oldest, ScanListener.NONE);

    for (Map.Entry<String, ChecksumAlgorithm> log : checksums.entrySet()) {
      LogSummary summary = sink.summary(log.getKey());
      assertThat(summary.checksum()).isEqualTo(log.getValue());
      assertThat(summary.encryptedAtSource()).isFalse();
      assertThat(summary.transactions()).isGreaterThan(40);
      assertThat(summary.serverVersion()).startsWith("11.8.");
    }
    assertThat(server.run("ls " + DatabaseContainer.DATA)).contains(".idx");
  }

  private static List<String> statements(String format) {
    return Workload.statements(Path.of(ROWS)).stream()
        .filter(sql -> !format.equals("STATEMENT") || !sql.contains("NEXT VALUE"))
        .toList();
  }

  /// Reads all there is from a log on.
  private ScanningSink closedLogsAreEqual(String oldest, ScanListener listener) throws Exception {
    ScanningSink sink = new ScanningSink(listener);
    Map<String, String> read = new TreeMap<>();
    List<BinlogFile> logs;
    try (Session session = server.session()) {
      session.rotate();
      logs = BinaryLogs.list(session.connection());
    }

    DumpEnd end = dump().read(new BinlogCoordinates(oldest, 0), TO_THE_END, sink);

    assertThat(end).isInstanceOf(DumpEnd.CaughtUp.class);
    for (BinlogFile log : logs.subList(logs.indexOf(logOf(logs, oldest)), logs.size() - 1)) {
      LogSummary summary = sink.summary(log.name());
      assertThat(summary.size()).isEqualTo(log.size());
      read.put(log.name(), summary.sha256());
    }
    assertThat(server.logFiles()).containsAllEntriesOf(read);
    assertThat(server.logsThatMariadbBinlogReads(oldest)).containsAllEntriesOf(read);
    return sink;
  }

  private static BinlogFile logOf(List<BinlogFile> logs, String name) {
    return logs.stream().filter(log -> log.name().equals(name)).findFirst().orElseThrow();
  }

  private BinlogDump dump() {
    return new BinlogDump(server.connector());
  }

  /// What exceeds `binlog_large_commit_threshold` was no part of any log before: the server makes a
  /// log of it, whose head it writes into room that it has left before.
  @Test
  void mayHaveEventsAndTransactionsOfAnySize() throws Exception {
    String first;
    String before;
    String own;
    try (Session session = server.session()) {
      session.run("USE shop", "SET SESSION binlog_format = ROW");
      session.run("CREATE TABLE large (what LONGTEXT)");
      session.rotate();
      first = session.log();
      session.run("INSERT INTO large VALUES (REPEAT('x', 20000000))");
      before = session.log();
      session.run(
          "INSERT INTO large SELECT REPEAT(CHAR(64 + seq % 50), 1000000) FROM seq_1_to_140");
      own = session.log();
      session.run("DROP TABLE large");
    }
    List<Long> events = new ArrayList<>();
    List<Transaction> transactions = new ArrayList<>();

    ScanningSink sink =
        closedLogsAreEqual(
            first,
            (event, progress) -> {
              events.add(event.header().size());
              if (progress instanceof Progress.Ends(Transaction transaction)) {
                transactions.add(transaction);
              }
            });

    assertThat(Collections.max(events)).isGreaterThan(20_000_000);
    assertThat(transactions)
        .extracting(transaction -> transaction.end() - transaction.offset())
        .satisfiesExactly(
            large -> assertThat(large).isGreaterThan(20_000_000),
            larger -> assertThat(larger).isGreaterThan(140_000_000),
            drop -> assertThat(drop).isLessThan(1000));
    assertThat(own).isNotEqualTo(before);
    assertThat(sink.summary(own).start()).isEqualTo(sink.summary(before).end());
  }

  private record Standing(int session, String sql, BinlogCoordinates end, GtidState state) {}

  /// A fixed one, and each time another.
  static LongStream seeds() {
    return LongStream.of(1, Long.getLong("e2e.seed", System.nanoTime()));
  }

  @ParameterizedTest(name = "e2e.seed={0}")
  @MethodSource("seeds")
  void endTransactionsWhereTheServerSaysSo(long seed) throws Exception {
    System.err.println("e2e.seed=" + seed);
    RandomWorkload workload = new RandomWorkload(seed, 4, 1500);
    List<Standing> standings = new ArrayList<>();
    int failed = 0;
    String first;
    GtidState start;
    try (Session observer = server.session();
        Sessions sessions = Sessions.open(server, workload.sessions())) {
      observer.rotate();
      first = observer.log();
      start = state(observer);
      for (RandomWorkload.Step step : workload.steps()) {
        failed += sessions.attempt(step) ? 0 : 1;
        standings.add(standing(step, observer));
      }
      observer.run("SET GLOBAL log_bin_compress = 0, GLOBAL binlog_checksum = CRC32");
      observer.rotate();
    }
    BoundarySink sink = new BoundarySink();

    dump().read(new BinlogCoordinates(first, 0), TO_THE_END, sink);

    for (Standing standing : standings) {
      assertThat(sink.boundaries)
          .as(standing.toString())
          .containsEntry(standing.end(), standing.state());
    }
    assertThat(sink.summaries).extracting(LogSummary::abandoned).containsOnly(0L);
    assertThat(sink.summaries.stream().mapToLong(LogSummary::transactions).sum())
        .isEqualTo(numbersGiven(sink.summaries.getLast().end()) - numbersGiven(start))
        .isGreaterThan(200);
    assertThat(failed).isLessThan(workload.statements() / 4);
  }

  /// A server that is no replica numbers the transactions of a domain one by one.
  private static long numbersGiven(GtidState state) {
    return state.byDomain().values().stream()
        .flatMap(
            domain ->
                domain.byServer().values().stream().map(Gtid::sequence).max(Long::compare).stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static Standing standing(RandomWorkload.Step step, Session observer) throws SQLException {
    List<String> status = observer.ask("SHOW BINLOG STATUS");
    return new Standing(
        step.session(),
        step.sql(),
        new BinlogCoordinates(status.get(0), Long.parseLong(status.get(1))),
        state(observer));
  }

  private static GtidState state(Session session) throws SQLException {
    List<String> said = session.ask("SELECT @@gtid_binlog_state, @@gtid_binlog_pos");
    Collection<Gtid> last = GtidPosition.parse(said.get(1)).byDomain().values();
    return GtidState.of(
        Arrays.stream(said.get(0).split(",", -1))
            .map(Gtid::parse)
            .sorted(Comparator.comparing(last::contains))
            .toList());
  }

  @Test
  void goOnFromTheEndOfAnyEvent() throws Exception {
    String log;
    try (Session session = server.session()) {
      session.rotate();
      session.run("USE shop");
      session.run(statements("ROW"));
      log = session.rotate();
    }
    byte[] file = server.file(log);
    List<Long> ends = new ArrayList<>();
    BinlogParser.fromStart(0, event -> ends.add(event.header().end())).accept(file, 0, file.length);

    for (int event = 0; event < ends.size(); event += 3) {
      long offset = ends.get(event);
      KeepingSink sink = new KeepingSink(log);
      dump().read(new BinlogCoordinates(log, offset), TO_THE_END, sink);
      assertThat(sink.kept.toByteArray())
          .as("from " + offset)
          .isEqualTo(Arrays.copyOfRange(file, (int) offset, file.length));
    }
  }

  @Test
  void stayMarkedAsInUseWhenTheServerWasKilled() throws Exception {
    String log;
    try (Session session = server.session()) {
      session.rotate();
      session.run("INSERT INTO shop.orders(what) VALUES ('the last')");
      log = session.log();
    }
    server.kill();

    KeepingSink sink = new KeepingSink(log);
    dump().read(new BinlogCoordinates(log, 0), TO_THE_END, sink);

    byte[] file = server.file(log);
    byte[] closed = file.clone();
    InUseFlag.clear(closed, 0, closed.length, 0);
    assertThat(closed).isNotEqualTo(file);
    assertThat(sink.kept.toByteArray()).isEqualTo(closed);
  }
}
