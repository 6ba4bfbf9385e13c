package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Workload;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Logs that servers do write, and that others stumbled over.
class UnusualLogsTest {
  private static final int MIB = 1 << 20;

  private static void assertArchivedAsOnServer(ArchivedServer shop) throws Exception {
    List<String> logs = shop.server.logs();
    for (String log : logs.subList(0, logs.size() - 1)) {
      assertThat(shop.sealed(1, log)).as(log).isEqualTo(shop.onServer(log));
    }
    byte[] tail = shop.tail(1, logs.getLast());
    // The server adds a checkpoint to a new log when it likes.
    assertThat(tail).isEqualTo(Arrays.copyOf(shop.onServer(logs.getLast()), tail.length));
    assertThat(shop.archive.ids()).hasSize(1);
  }

  /// An XA transaction that is prepared in one log and committed two logs later is among them, and
  /// so are logs without any transaction.
  @Test
  void areArchivedWhateverIsInThem() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.server.run("DROP DATABASE shop");
      shop.server.run(Workload.schema().toArray(String[]::new));
      for (String format : List.of("ROW", "MIXED", "STATEMENT")) {
        for (String compress : List.of("1", "0")) {
          shop.server.run("SET SESSION binlog_format = " + format);
          shop.server.run("SET GLOBAL log_bin_compress = " + compress);
          shop.server.run("INSERT INTO orders(what) VALUES (REPEAT('long ', 200))");
        }
      }
      shop.server.run("SET GLOBAL log_bin_compress = 1, SESSION binlog_format = MIXED");
      shop.server.run(Workload.statements(Workload.rows(shop.server)).toArray(String[]::new));
      shop.server.rotate();
      shop.server.run("SET GLOBAL binlog_checksum = NONE");
      shop.server.run("INSERT INTO orders(what) VALUES ('without a checksum')");
      try (Connection preparing = shop.server.server().connect("shop");
          Statement statement = preparing.createStatement()) {
        statement.execute("XA START 'split'");
        statement.execute("INSERT INTO orders(what) VALUES ('x')");
        statement.execute("XA END 'split'");
        statement.execute("XA PREPARE 'split'");
      }
      shop.server.rotate();
      shop.server.run("SET GLOBAL binlog_checksum = CRC32");
      shop.run();
      shop.server.rotate();
      shop.server.rotate();
      shop.server.run("XA COMMIT 'split'");
      shop.server.rotate();

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertArchivedAsOnServer(shop);
    }
  }

  /// In two phases, as replicas like it: its start is in one log and its end in another.
  @Test
  void areArchivedWhereOneEndsInTheMiddleOfAnAlterTable() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.server.run(
          "USE shop",
          "CREATE TABLE pages (id INT PRIMARY KEY) ENGINE=Aria TRANSACTIONAL=0",
          "INSERT INTO pages SELECT seq FROM seq_1_to_400000");
      shop.server.rotate();
      CompletableFuture<Void> altered = CompletableFuture.runAsync(() -> alter(shop));
      while (shop.server
              .ask("SELECT 1 FROM information_schema.processlist WHERE state LIKE 'copy to tmp%'")
              .isEmpty()
          && !altered.isDone()) {
        Thread.onSpinWait();
      }
      String first = shop.server.rotate();
      altered.get(1, TimeUnit.MINUTES);
      String second = shop.server.rotate();

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertArchivedAsOnServer(shop);
      for (String log : List.of(first, second)) {
        assertThat(new String(shop.onServer(log), StandardCharsets.ISO_8859_1))
            .as(log)
            .contains("ALTER TABLE pages ADD COLUMN");
      }
    }
  }

  private static void alter(ArchivedServer shop) {
    try (Connection connection = shop.server.server().connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION binlog_alter_two_phase = 1");
      statement.execute("ALTER TABLE pages ADD COLUMN more INT, ALGORITHM=COPY");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void goOnBehindTheLastNumberOfSixDigits() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.server.run("RESET MASTER TO 999998");
      for (int log = 0; log < 4; log++) {
        shop.write(2);
        shop.server.rotate();
        assertThat(shop.run().exit()).isZero();
      }

      assertThat(shop.server.logs()).contains("bin.999999", "bin.1000000", "bin.1000001");
      assertThat(shop.archive.manifest(TimelineId.FIRST, new LogName("bin.1000001"))).isPresent();
      assertArchivedAsOnServer(shop);
    }
  }

  /// Larger than what the server would take as a packet, too: that limit is for clients that write.
  @Test
  void mayHaveAnEventThatIsTooLargeForAChunk() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start("--max-allowed-packet=64M")) {
      shop.server.run(
          "CREATE TABLE shop.pictures (content LONGBLOB)", "SET SESSION binlog_format = ROW");
      shop.write(3);
      shop.server.run("INSERT INTO shop.pictures VALUES (REPEAT('x', " + 20 * MIB + "))");
      shop.write(3);
      shop.server.run("SET GLOBAL max_allowed_packet = " + MIB);

      ArchivedServer.Ended open = shop.run();

      String log = shop.server.logs().getLast();
      assertThat(open.exit()).as(open.err()).isZero();
      assertThat(open.message()).contains("all that the server had logged");
      assertThat(shop.tail(1, log)).isEqualTo(shop.onServer(log));

      shop.server.rotate();
      ArchivedServer.Ended closed = shop.run();

      assertThat(closed.exit()).as(closed.err()).isZero();
      assertThat(closed.reason()).isEqualTo("archived");
      assertArchivedAsOnServer(shop);
    }
  }

  /// Larger than all chunks that are kept in memory; the log is ten times as large as it should be.
  @Test
  void mayHaveATransactionOfManyChunks() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start("--max-binlog-size=12M")) {
      shop.server.run(
          "USE shop",
          "CREATE TABLE pictures (content LONGBLOB) ENGINE=Aria TRANSACTIONAL=0",
          "SET SESSION binlog_format = ROW");
      shop.write(1);
      String position = shop.server.ask("SELECT @@gtid_binlog_pos");
      shop.server.run(
          "INSERT INTO shop.pictures SELECT REPEAT(CHAR(65 + seq % 26), 1000000) FROM seq_1_to_130");
      shop.server.rotate();
      shop.write(1);

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertArchivedAsOnServer(shop);
      assertThat(ended.outcome().path("positions").path("gtid_archived").asString())
          .isNotEqualTo(position)
          .isEqualTo(shop.server.ask("SELECT @@gtid_binlog_pos"));
    }
  }

  @Test
  void mayBeDamagedAndItIsNotTheArchiveThatIs() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      long begin = shop.server.offset();
      shop.server.run("INSERT INTO shop.orders (article) VALUES (REPEAT('x', 60))");
      String damaged = shop.server.rotate();
      try (RandomAccessFile file = new RandomAccessFile(shop.server.file(damaged).toFile(), "rw")) {
        file.seek(begin + 100);
        int there = file.read();
        file.seek(begin + 100);
        file.write(there ^ 1);
      }

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
      assertThat(ended.reason()).isEqualTo("damaged");
      assertThat(ended.message()).contains(damaged, "CRC32");
      assertThat(ended.outcome().path("next_step").asString()).contains("PURGE BINARY LOGS TO");
      assertThat(shop.keys()).noneMatch(key -> key.contains(damaged));
    }
  }

  @Test
  void mayBeListedAndGone() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.write(1);
      shop.server.rotate();
      shop.write(1);
      String gone = shop.server.rotate();
      shop.write(1);
      shop.server.rotate();
      Files.delete(shop.server.file(gone));

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as("the server itself cannot list them").isEqualTo(1);
      assertThat(ended.message()).contains(gone);
      assertThat(shop.keys()).noneMatch(key -> key.contains(gone));
    }
  }

  @Test
  void mayBePurgedByTheServerItselfOfWhichARunWarns() throws Exception {
    try (ArchivedServer shop =
        ArchivedServer.start("--binlog-expire-logs-seconds=3600", "--max-binlog-total-size=100M")) {
      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.outcome().path("warnings").toString())
          .contains(
              "binlog_expire_logs_seconds=3600: the server purges logs by itself",
              "max_binlog_total_size=104857600: the server purges logs by itself");
    }
  }
}
