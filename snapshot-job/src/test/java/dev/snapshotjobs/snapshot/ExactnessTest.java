package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.WriteLoad;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The promise of the product: a restored snapshot holds exactly what was committed up to its
/// position, which is recorded where a lock was held, and in its own binary log where none was.
class ExactnessTest {
  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource(
      textBlock =
          """
          backup-stage, durable,     --sync-binlog=1, --innodb-flush-log-at-trx-commit=1
          backup-stage, not durable, --sync-binlog=0, --innodb-flush-log-at-trx-commit=0
          flush-tables, not durable, --sync-binlog=0, --innodb-flush-log-at-trx-commit=2
          """)
  void holdsExactlyTheCommitsUpToTheRecordedPosition(
      String mode, String name, String syncBinlog, String flushLog) throws Exception {
    try (ProtectedShop shop =
            ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1", syncBinlog, flushLog);
        WriteLoad load =
            WriteLoad.start(
                shop.pod().jdbcUrl(""), 8, List.of("InnoDB", "Aria", "MyISAM", "InnoDB"));
        Ddl ddl = new Ddl(shop)) {
      load.awaitMore(500);

      long tablesBefore = ddl.tables();
      ProtectedShop.Ended ended = shop.run("--snapshot-mode", mode);
      long tablesMeanwhile = ddl.tables() - tablesBefore;

      load.awaitMore(500);
      ddl.end();
      load.stop();
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.verdict()).isEqualTo("consistent");
      assertThat(load.failures()).isEmpty();
      assertThat(tablesMeanwhile).as("DDL that ran during the job").isPositive();
      GtidPosition position = GtidPosition.parse(ended.position("gtid_binlog_pos"));
      long sequence = position.in(0).orElseThrow().sequence();
      try (MariaDbServer restored =
          shop.sandbox.restoreServer("shop", ended.snapshotName(), "--log-bin=mysql-bin")) {
        WriteLoad.Comparison comparison = load.compare(restored.jdbcUrl(""), sequence);

        assertThat(comparison.missing()).as("lost below the position").isEmpty();
        assertThat(comparison.surplus()).as("there although above the position").isEmpty();
        assertThat(comparison.expected()).as("the test must not compare nothing").isPositive();
        assertThat(comparison.expected()).isLessThan(load.count());
        for (String table : List.of("orders_innodb", "orders_aria", "orders_myisam")) {
          assertThat(checkOf(restored, "shop." + table)).as(table).isEqualTo("OK");
        }
      }
    }
  }

  private static String checkOf(MariaDbServer server, String table) throws SQLException {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("CHECK TABLE " + table + " EXTENDED")) {
      String last = "";
      while (row.next()) {
        last = row.getString("Msg_text");
      }
      return last;
    }
  }

  @Test
  void holdsExactlyTheCommitsUpToItsOwnLogsEndWhereNoLockWasHeld() throws Exception {
    try (ProtectedShop shop =
            ProtectedShop.open(
                "--log-bin=mysql-bin",
                "--server-id=1",
                "--sync-binlog=1",
                "--innodb-flush-log-at-trx-commit=1");
        WriteLoad load = WriteLoad.start(shop.pod().jdbcUrl(""), 8, List.of("InnoDB"))) {
      load.awaitMore(500);

      ProtectedShop.Ended ended = shop.run("--snapshot-mode", "none");

      load.awaitMore(500);
      load.stop();
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.verdict()).isEqualTo("crash-consistent");
      assertThat(ended.position("gtid_binlog_pos")).as("none is recorded").isEmpty();
      try (MariaDbServer restored =
              shop.sandbox.restoreServer("shop", ended.snapshotName(), "--log-bin=mysql-bin");
          Connection connection = restored.connect("");
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT @@gtid_binlog_pos")) {
        row.next();
        long sequence = GtidPosition.parse(row.getString(1)).in(0).orElseThrow().sequence();
        WriteLoad.Comparison comparison = load.compare(restored.jdbcUrl(""), sequence);

        assertThat(comparison.missing()).as("lost below the position").isEmpty();
        assertThat(comparison.surplus()).as("there although above the position").isEmpty();
        assertThat(comparison.expected()).isPositive().isLessThan(load.count());
      }
    }
  }

  /// Somebody who creates and alters tables all the time.
  private static final class Ddl implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong tables = new AtomicLong();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Ddl(ProtectedShop shop) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Connection connection = shop.pod().server().connect("");
                    Statement statement = connection.createStatement()) {
                  statement.execute("CREATE DATABASE IF NOT EXISTS shop");
                  for (int i = 0; !stop.get(); i++) {
                    statement.execute("CREATE OR REPLACE TABLE shop.ddl (id INT PRIMARY KEY)");
                    statement.execute("INSERT INTO shop.ddl VALUES (" + i + ")");
                    statement.execute("ALTER TABLE shop.ddl ADD COLUMN c" + i % 7 + " INT");
                    statement.execute("RENAME TABLE shop.ddl TO shop.ddl_next");
                    statement.execute("DROP TABLE shop.ddl_next");
                    tables.incrementAndGet();
                  }
                  done.complete(null);
                } catch (SQLException e) {
                  done.completeExceptionally(e);
                }
              });
    }

    /// How many tables have come and gone so far.
    long tables() {
      return tables.get();
    }

    void end() {
      stop.set(true);
      done.join();
    }

    @Override
    public void close() {
      end();
    }
  }
}
