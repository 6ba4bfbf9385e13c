package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.DumpEnd;
import dev.snapshotjobs.common.mariadb.DumpMode;
import dev.snapshotjobs.common.mariadb.DumpSink;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.SqlTap;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What may happen while logs are purged: the job dies, a replica reads, the logs are reset.
class PurgeRacesTest {
  private static final String PURGE = "PURGE BINARY LOGS";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private SqlTap tap;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private List<String> logs;

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
    shop.server.run(
        ArchivedServer.grant("binlog-archiver-purge"),
        "CREATE USER replica@'%' IDENTIFIED BY 'r3plica'",
        "GRANT REPLICATION SLAVE ON *.* TO replica@'%'",
        "CREATE TABLE shop.pictures (picture LONGBLOB)");
    // More than the network holds, so that a reader that does not read is not done with it.
    for (int i = 0; i < 4; i++) {
      shop.server.run(
          "SET binlog_format = ROW", "INSERT INTO shop.pictures VALUES (REPEAT('x', 8000000))");
    }
    writeLogs(5);
    shop.run();
    logs = shop.server.logs();
    shop.clock = () -> Instant.now().plus(Duration.ofDays(8));
    tap = SqlTap.of(shop.server.server());
  }

  @AfterEach
  void close() throws IOException {
    tap.close();
    shop.close();
  }

  private void writeLogs(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      shop.write(2);
      shop.server.rotate();
    }
  }

  private ArchivedServer.Ended purge() {
    return shop.run(
        Map.of("MARIADB_PORT", Integer.toString(tap.port()), "MARIADB_TLS", "disabled"),
        new StopSignal(),
        "--purge");
  }

  private void sql(String... statements) {
    try {
      shop.server.run(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void losesNothingWhenItDiesBetweenReadingAndPurging() throws Exception {
    tap.before(PURGE, tap::reset);

    ArchivedServer.Ended died = purge();
    List<String> after = shop.server.logs();
    ArchivedServer.Ended next = purge();

    assertThat(died.exit()).isEqualTo(1);
    assertThat(after).isEqualTo(logs);
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(shop.server.logs()).isEqualTo(logs.subList(4, 6));
  }

  @Test
  void goesOnWhenItDiedBetweenPurgingAndReporting() throws Exception {
    tap.after(PURGE, tap::reset);

    ArchivedServer.Ended died = purge();
    List<String> after = shop.server.logs();
    ArchivedServer.Ended next = purge();

    assertThat(died.exit()).isEqualTo(1);
    assertThat(after).isEqualTo(logs.subList(1, 6));
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(next.message()).contains("3 logs purged");
    assertThat(shop.server.logs()).isEqualTo(logs.subList(4, 6));
    assertThat(shop.archive.ids()).hasSize(1);
  }

  /// A reader that has begun with the oldest log, and does not go on.
  private final class Replica implements DumpSink, AutoCloseable {
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CompletableFuture<DumpEnd> end = new CompletableFuture<>();

    Replica() throws InterruptedException {
      BinlogDump dump =
          new BinlogDump(
              new MariaDbConnector(
                  shop.server.server().address(),
                  shop.server.server().port(),
                  "replica",
                  Optional.of(Secret.of("r3plica")),
                  TlsMode.DISABLED,
                  Optional.empty()));
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  end.complete(
                      dump.read(
                          new BinlogCoordinates(logs.getFirst(), 4),
                          new DumpMode.ToTheEnd(),
                          this));
                } catch (SQLException | IOException e) {
                  end.completeExceptionally(e);
                }
              });
      reading.await();
    }

    @Override
    public boolean begin(String log, long offset) {
      return true;
    }

    @Override
    public void bytes(byte[] bytes, int from, int length) throws IOException {
      reading.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void caughtUp(BinlogCoordinates at) {}

    @Override
    public void close() {
      goOn.countDown();
      assertThat(end.join()).isInstanceOf(DumpEnd.CaughtUp.class);
    }
  }

  @Test
  void keepsWhatAReplicaReads() throws Exception {
    ArchivedServer.Ended ended;
    try (Replica _ = new Replica()) {
      ended = purge();
    }

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("0 logs purged", logs.getFirst(), "slave thread");
    assertThat(shop.server.logs()).isEqualTo(logs);
  }

  @Test
  void wantsAsManyReplicasAsTheServerWants() throws Exception {
    shop.server.run(
        "SET GLOBAL slave_connections_needed_for_purge = 2",
        ArchivedServer.grant("binlog-archiver-purge-replicas"));

    ArchivedServer.Ended alone = purge();
    List<String> after = shop.server.logs();
    ArchivedServer.Ended withOne;
    try (Replica _ = new Replica()) {
      withOne = purge();
    }

    assertThat(alone.exit()).as(alone.err()).isZero();
    assertThat(alone.message())
        .contains("0 logs purged", "slave_connections_needed_for_purge=2", "1 are connected");
    assertThat(alone.outcome().path("warnings")).hasSize(1);
    assertThat(after).isEqualTo(logs);
    // Enough of them: now the server says which log it sends.
    assertThat(withOne.message()).contains("slave thread");
  }

  @Test
  void purgesNothingOfAServerThatWasResetAfterItsLogsWereCompared() throws Exception {
    tap.before(PURGE, () -> sql("RESET MASTER"));

    ArchivedServer.Ended ended = purge();
    ArchivedServer.Ended next = shop.run();

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("logs-changed");
    assertThat(shop.server.logs()).hasSize(1);
    assertThat(next.exit()).isEqualTo(4);
    assertThat(next.reason()).isEqualTo("forked");
  }

  private void beginAnotherHistory() {
    sql("RESET MASTER");
    for (int i = 0; i < 6; i++) {
      sql("INSERT INTO shop.orders (article) VALUES ('new')", "FLUSH BINARY LOGS");
    }
  }

  private void whenALogIsReadAgain(Runnable action) {
    shop.s3.faults().add(Hook.after("GetObject", logs.getFirst() + "[.]zst", action));
  }

  private void purgesNothingOfTheOtherHistory() throws SQLException {
    ArchivedServer.Ended ended = purge();

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("logs-changed");
    assertThat(shop.server.logs()).hasSize(7);
    assertThat(tap.statements()).noneMatch(statement -> statement.sql().startsWith(PURGE));
  }

  @Test
  void purgesNothingOfAServerThatWasResetWhileALogWasReadAgain() throws Exception {
    whenALogIsReadAgain(this::beginAnotherHistory);

    purgesNothingOfTheOtherHistory();
  }

  @Test
  void purgesNothingOfAServerThatWasResetAfterTheHeadOfALogWasCompared() throws Exception {
    whenALogIsReadAgain(() -> tap.before("SHOW BINARY LOGS", this::beginAnotherHistory));

    purgesNothingOfTheOtherHistory();
  }

  @Test
  void tellsLogsOfTheSameNamesAndSizesApart() throws Exception {
    Runnable history =
        () -> {
          sql("RESET MASTER");
          for (int i = 0; i < 6; i++) {
            sql("CREATE OR REPLACE VIEW shop.one AS SELECT 1", "FLUSH BINARY LOGS");
          }
        };
    history.run();
    shop.run();
    String listed = shop.server.ask("SHOW BINARY LOGS", 2);
    shop.server.run("DO SLEEP(1.1)"); // a head has whole seconds
    whenALogIsReadAgain(history);

    purgesNothingOfTheOtherHistory();
    assertThat(shop.server.ask("SHOW BINARY LOGS", 2)).isEqualTo(listed);
  }

  /// The race that remains. It takes a reset and enough new logs between two statements, and the
  /// run says what has happened.
  @Test
  void saysSoWhereNewLogsHadTheNamesOfTheOldOnes() {
    tap.before(PURGE + " TO '" + logs.get(4), this::beginAnotherHistory);

    ArchivedServer.Ended ended = purge();

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("logs-changed");
  }

  @Test
  void purgesOnlyWithTheLockThatKeepsOtherArchiversAway() throws Exception {
    purge();

    List<SqlTap.Statement> statements = tap.statements();
    int locked =
        statements.stream()
            .filter(statement -> statement.sql().contains("GET_LOCK"))
            .findFirst()
            .orElseThrow()
            .connection();
    assertThat(statements)
        .filteredOn(statement -> statement.sql().startsWith(PURGE))
        .hasSize(4)
        .allMatch(statement -> statement.connection() == locked);
    for (int i = 0; i < statements.size(); i++) {
      if (statements.get(i).sql().startsWith(PURGE)) {
        SqlTap.Statement before = statements.get(i - 1);
        assertThat(before).isEqualTo(new SqlTap.Statement(locked, "SHOW BINARY LOGS"));
      }
    }
  }
}
