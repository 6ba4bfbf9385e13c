package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.binlog.Transaction;
import dev.snapshotjobs.common.binlog.Workload;
import dev.snapshotjobs.common.config.TlsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BinlogDumpTest {
  private static final DumpMode.ToTheEnd TO_THE_END = new DumpMode.ToTheEnd();
  private static final DumpMode.Following FOLLOWING =
      new DumpMode.Following(Duration.ofMillis(100));

  private static final String DUMPING =
      "SELECT id FROM information_schema.processlist WHERE command = 'Binlog Dump'";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static LoggingServer server;

  @BeforeAll
  static void start() throws Exception {
    server = LoggingServer.start("--binlog-format=ROW", "--max-allowed-packet=256M");
    server.run(
        "CREATE USER reader@'%'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO reader@'%'",
        "CREATE USER nobody@'%'",
        "CREATE DATABASE kept",
        "CREATE TABLE kept.large (what LONGTEXT) ENGINE=MyISAM");
    server.run(Workload.schema().toArray(String[]::new));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void bringsWhatTheFilesHaveWhetherTheyHaveChecksumsOrNot() throws Exception {
    server.run(Workload.statements(Workload.rows(server)).toArray(String[]::new));
    String first = server.rotate();
    server.run("SET GLOBAL binlog_checksum = NONE"); // begins a new log
    server.run("INSERT INTO orders(what) VALUES ('without a checksum')");
    String second = server.ask("SHOW MASTER STATUS");
    server.run("SET GLOBAL binlog_checksum = CRC32");
    server.run("SET GLOBAL log_bin_compress = 1", "SET SESSION binlog_format = STATEMENT");
    server.run("INSERT INTO orders(what) VALUES ('" + "compressed ".repeat(1000) + "')");
    server.run("SET SESSION binlog_format = ROW");
    server.run("INSERT INTO orders(what) VALUES (REPEAT('compressed ', 1000))");
    server.run("SET GLOBAL log_bin_compress = 0");
    String third = server.rotate();

    ScanningSink sink = new ScanningSink();
    DumpEnd end = dump().read(new BinlogCoordinates(first, 0), TO_THE_END, sink);

    assertThat(sink.scans.keySet()).contains(first, second, third);
    assertThat(end).isInstanceOf(DumpEnd.CaughtUp.class);
    for (String log : List.of(first, second, third)) {
      assertThat(sink.summary(log)).as(log).isEqualTo(summaryOfTheFile(log));
    }
    BinlogCoordinates at = ((DumpEnd.CaughtUp) end).at();
    assertThat(sink.summary(at.file())).isEqualTo(summaryOfTheOpenFile(at));
    assertThat(sink.summary(first).checksum()).isEqualTo(ChecksumAlgorithm.CRC32);
    assertThat(sink.summary(second).checksum()).isEqualTo(ChecksumAlgorithm.NONE);
  }

  /// What is longer than 16 MiB comes in pieces, and one that fills its last piece in one more.
  @Test
  void bringsEventsOfAnySize() throws Exception {
    String log = server.rotate();
    String next = server.ask("SHOW MASTER STATUS");
    server.run("INSERT INTO kept.large VALUES (REPEAT('x', 16000000))");
    long overhead = largestEvent(next) - 16_000_000;
    long onePacket = 0xFFFFFF - 1 - overhead;
    for (long length = onePacket - 1; length <= onePacket + 1; length++) {
      server.run("INSERT INTO kept.large VALUES (REPEAT('y', " + length + "))");
    }
    server.run(
        "INSERT INTO kept.large VALUES (REPEAT('z', 40000000))", "TRUNCATE TABLE kept.large");
    server.rotate();
    List<Long> sizes = new ArrayList<>();

    ScanningSink sink =
        new ScanningSink(
            (event, progress) -> {
              if (event.header().size() > 10_000_000) {
                sizes.add(event.header().size());
              }
            });
    dump().read(new BinlogCoordinates(log, 0), TO_THE_END, sink);

    assertThat(sizes)
        .containsExactly(
            16_000_000 + overhead, 0xFFFFFDL, 0xFFFFFEL, 0xFFFFFFL, 40_000_000 + overhead);
    assertThat(sink.summary(next)).isEqualTo(summaryOfTheFile(next));
  }

  @Test
  void bringsTransactionsLargerThanAnyBuffer() throws Exception {
    server.rotate();
    String log = server.ask("SHOW MASTER STATUS");
    server.run(
        "INSERT INTO kept.large SELECT REPEAT(CHAR(64 + seq), 1000000) FROM seq_1_to_140",
        "TRUNCATE TABLE kept.large");
    server.rotate();
    List<Long> sizes = new ArrayList<>();

    ScanningSink sink =
        new ScanningSink(
            (event, progress) -> {
              if (progress instanceof Progress.Ends(Transaction transaction)) {
                sizes.add(transaction.end() - transaction.offset());
              }
            });
    dump().read(new BinlogCoordinates(log, 0), TO_THE_END, sink);

    assertThat(sizes).hasSize(2);
    assertThat(sizes.getFirst()).isGreaterThan(140_000_000);
    assertThat(sink.summary(log)).isEqualTo(summaryOfTheFile(log));
  }

  @Test
  void goesOnAtTheEndOfAnyEvent() throws Exception {
    server.rotate();
    String log = server.ask("SHOW MASTER STATUS");
    server.run(
        "INSERT INTO orders(what) VALUES ('one')",
        "CREATE TABLE passing (n INT)",
        "DROP TABLE passing");
    server.rotate();
    byte[] file = server.bytes(log);
    List<Long> ends = new ArrayList<>();
    BinlogParser.fromStart(0, event -> ends.add(event.header().end())).accept(file, 0, file.length);

    for (long offset : ends.subList(1, ends.size())) {
      KeepingSink sink = new KeepingSink(log);
      DumpEnd end = dump().read(new BinlogCoordinates(log, offset), TO_THE_END, sink);

      assertThat(sink.kept.toByteArray())
          .as("from " + offset)
          .isEqualTo(Arrays.copyOfRange(file, (int) offset, file.length));
      assertThat(end).isEqualTo(new DumpEnd.Stopped(new BinlogCoordinates(log, file.length)));
    }
  }

  @Test
  void followsTheServerAndSaysWhenItHasCaughtUpUntilItIsStopped() throws Exception {
    server.rotate();
    BinlogCoordinates from = end();
    ScanningSink sink = new ScanningSink();
    BinlogDump dump = dump();
    CompletableFuture<DumpEnd> end =
        reading(dump, new BinlogCoordinates(from.file(), 0), FOLLOWING, sink);
    sink.awaitCaughtUp(from);

    server.run("INSERT INTO orders(what) VALUES ('more')");
    sink.awaitCaughtUp(end());
    server.rotate();
    BinlogCoordinates next = end();
    BinlogCoordinates reached = sink.awaitCaughtUp(next);
    dump.abort();

    assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(new DumpEnd.Stopped(reached));
    assertThat(sink.summary(from.file())).isEqualTo(summaryOfTheFile(from.file()));
    assertThat(sink.summary(next.file())).isEqualTo(summaryOfTheOpenFile(reached));
  }

  @Test
  void keepsUpWithWritersWhoseCommitsAreGrouped() throws Exception {
    server.rotate();
    BinlogCoordinates from = end();
    List<Long> commitIds = new CopyOnWriteArrayList<>();
    ScanningSink sink =
        new ScanningSink(
            (event, progress) -> {
              if (progress instanceof Progress.Ends(Transaction transaction)
                  && transaction.begin().flags().groupCommitted()) {
                commitIds.add(transaction.begin().commitId());
              }
            });
    BinlogDump dump = dump();
    CompletableFuture<DumpEnd> end =
        reading(dump, new BinlogCoordinates(from.file(), 0), FOLLOWING, sink);
    server.run("SET GLOBAL binlog_commit_wait_count = 4, GLOBAL binlog_commit_wait_usec = 50000");

    writeInFourSessions();
    server.run("SET GLOBAL binlog_commit_wait_count = 0");
    BinlogCoordinates reached = sink.awaitCaughtUp(end());
    dump.abort();

    assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(new DumpEnd.Stopped(reached));
    LogSummary summary = sink.summary(reached.file());
    assertThat(summary.transactions()).isEqualTo(80);
    assertThat(summary.end()).isEqualTo(GtidState.parse(server.ask("SELECT @@gtid_binlog_state")));
    assertThat(commitIds).doesNotContain(0L).hasSizeGreaterThan(Set.copyOf(commitIds).size());
  }

  private static void writeInFourSessions() throws Exception {
    Callable<Integer> writer =
        () -> {
          try (Connection connection = server.server().connect("shop");
              Statement statement = connection.createStatement()) {
            for (int n = 0; n < 20; n++) {
              statement.execute("INSERT INTO orders(what) VALUES ('grouped')");
            }
          }
          return 20;
        };
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> written : writers.invokeAll(Collections.nCopies(4, writer))) {
        assertThat(written.get()).isEqualTo(20);
      }
    }
  }

  @Test
  void readsNothingWhenItWasStoppedBefore() throws Exception {
    BinlogCoordinates from = end();
    BinlogDump dump = dump();
    dump.abort();

    assertThat(dump.read(from, TO_THE_END, new ScanningSink()))
        .isEqualTo(new DumpEnd.Stopped(from));
  }

  @Test
  void noticesThatItsConnectionIsGone() throws Exception {
    BinlogCoordinates from = end();
    ScanningSink sink = new ScanningSink();
    CompletableFuture<DumpEnd> end =
        reading(dump(), new BinlogCoordinates(from.file(), 0), FOLLOWING, sink);
    sink.awaitCaughtUp(from);

    server.run("KILL " + server.ask(DUMPING));

    assertThat(end.get(10, TimeUnit.SECONDS)).isInstanceOf(DumpEnd.Lost.class);
  }

  @Test
  void saysThatAnotherCameWithItsServerId() throws Exception {
    BinlogCoordinates from = end();
    ScanningSink older = new ScanningSink();
    ScanningSink newer = new ScanningSink();
    CompletableFuture<DumpEnd> displaced = executing(withOneId(from, older));
    older.awaitCaughtUp(from);
    CompletableFuture<DumpEnd> stays = executing(withOneId(from, newer));
    newer.awaitCaughtUp(from);

    assertThat(displaced.get(10, TimeUnit.SECONDS)).isInstanceOf(DumpEnd.Displaced.class);
    assertThat(stays).isNotDone();
    server.run("KILL " + server.ask(DUMPING));
  }

  private static DumpCommand withOneId(BinlogCoordinates from, DumpSink sink) {
    return new DumpCommand(
        new BinlogCoordinates(from.file(), 4), FOLLOWING, 4_000_000_000L, sink, () -> false);
  }

  @Test
  void saysThatALogWasPurged() throws Exception {
    assertThat(dump().read(new BinlogCoordinates("bin.999999", 0), TO_THE_END, new ScanningSink()))
        .isEqualTo(new DumpEnd.Purged("bin.999999"));
  }

  @Test
  void saysThatNoEventBeginsWhereItWasToStart() throws Exception {
    server.run("INSERT INTO orders(what) VALUES (REPEAT('x', 1000))");
    BinlogCoordinates end = end();

    assertThat(startingAt(new BinlogCoordinates(end.file(), end.offset() + 100_000)))
        .isInstanceOf(DumpEnd.NoEventHere.class);
    assertThat(startingAt(new BinlogCoordinates(end.file(), end.offset() - 500)))
        .isInstanceOf(DumpEnd.NoEventHere.class);
  }

  private static DumpEnd startingAt(BinlogCoordinates from) throws Exception {
    return dump().read(from, TO_THE_END, new KeepingSink(from.file()));
  }

  @Test
  void refusesWhatTheProtocolCannotDo() {
    assertThatThrownBy(() -> startingAt(new BinlogCoordinates("bin.000001", 1L << 32)))
        .isInstanceOf(UnsupportedBinlogException.class)
        .hasMessageContaining("bin.000001:4294967296")
        .hasMessageContaining("read the log from its beginning");
    assertThatThrownBy(() -> startingAt(new BinlogCoordinates("bin-000001.ibb", 0)))
        .isInstanceOf(UnsupportedBinlogException.class)
        .hasMessageContaining("binlog_storage_engine");
  }

  @Test
  void namesTheGrantThatIsMissing() throws Exception {
    assertThatThrownBy(
            () -> new BinlogDump(connector("nobody")).read(end(), TO_THE_END, new ScanningSink()))
        .isInstanceOf(MissingGrantException.class)
        .hasMessageContaining("REPLICATION SLAVE");
    try (Connection nobody = connector("nobody").open(Duration.ofSeconds(10))) {
      assertThatThrownBy(() -> BinaryLogs.list(nobody))
          .isInstanceOf(MissingGrantException.class)
          .hasMessageContaining("BINLOG MONITOR");
    }
  }

  @Test
  void letsAFailureOfItsSinkThroughUnchanged() throws Exception {
    IOException full = new IOException("no room is left");
    DumpSink failing =
        new ScanningSink() {
          @Override
          public void bytes(byte[] bytes, int from, int length) throws IOException {
            throw full;
          }
        };

    assertThatThrownBy(
            () -> dump().read(new BinlogCoordinates(end().file(), 0), TO_THE_END, failing))
        .isSameAs(full);
  }

  @Test
  void listsTheLogsWithTheirSizes() throws Exception {
    server.rotate();
    try (Connection connection = connector("reader").open(Duration.ofSeconds(10))) {
      List<BinlogFile> logs = BinaryLogs.list(connection);

      assertThat(logs).extracting(BinlogFile::name).isEqualTo(server.logs());
      assertThat(logs).extracting(BinlogFile::number).isSorted();
      for (BinlogFile log : logs.subList(0, logs.size() - 1)) {
        assertThat(log.size()).isEqualTo(Files.size(server.file(log.name())));
      }
    }
  }

  private static BinlogDump dump() {
    return new BinlogDump(connector("reader"));
  }

  private static MariaDbConnector connector(String user) {
    return new MariaDbConnector(
        server.server().address(),
        server.server().port(),
        user,
        Optional.empty(),
        TlsMode.DISABLED,
        Optional.empty());
  }

  private static BinlogCoordinates end() throws SQLException {
    return new BinlogCoordinates(
        server.ask("SHOW MASTER STATUS"), Long.parseLong(server.ask("SHOW MASTER STATUS", 2)));
  }

  private static CompletableFuture<DumpEnd> reading(
      BinlogDump dump, BinlogCoordinates from, DumpMode mode, DumpSink sink) {
    CompletableFuture<DumpEnd> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                end.complete(dump.read(from, mode, sink));
              } catch (IOException | SQLException | RuntimeException e) {
                end.completeExceptionally(e);
              }
            });
    return end;
  }

  private static CompletableFuture<DumpEnd> executing(DumpCommand command) {
    CompletableFuture<DumpEnd> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (Connection connection = connector("reader").open(Duration.ofSeconds(20));
                  Statement statement = connection.createStatement()) {
                statement.execute(
                    "SET @master_binlog_checksum = 'CRC32', @mariadb_slave_capability = 4,"
                        + " @master_heartbeat_period = 100000000");
                connection
                    .unwrap(org.mariadb.jdbc.Connection.class)
                    .getClient()
                    .execute(command, false);
                end.complete(command.end());
              } catch (IOException | SQLException | RuntimeException e) {
                end.completeExceptionally(e);
              }
            });
    return end;
  }

  private static LogSummary summaryOfTheFile(String log) throws IOException {
    return server.summary(log, Long.MAX_VALUE);
  }

  private static LogSummary summaryOfTheOpenFile(BinlogCoordinates end) throws IOException {
    return server.summary(end.file(), end.offset());
  }

  private static long largestEvent(String log) throws IOException {
    long[] largest = {0};
    byte[] bytes = server.bytes(log);
    BinlogParser.fromStart(0, event -> largest[0] = Math.max(largest[0], event.header().size()))
        .accept(bytes, 0, bytes.length);
    return largest[0];
  }
}
