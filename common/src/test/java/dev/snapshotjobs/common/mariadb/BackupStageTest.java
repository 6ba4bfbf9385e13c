package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.sandbox.MariaDbServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BackupStageTest {
  private static final StageBudgets GENEROUS =
      new StageBudgets(Duration.ofSeconds(5), Duration.ofSeconds(20));

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static MariaDbServer server;

  @BeforeAll
  static void start() throws Exception {
    Path data = Files.createTempDirectory("backup-stage");
    server =
        MariaDbServer.start(
            MariaDbServer.Spec.of(
                data, "mariadb-0", List.of("--log-bin=mysql-bin", "--server-id=1")));
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE shop");
      statement.execute("CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY)");
      statement.execute("CREATE USER stage@'%' IDENTIFIED BY ''");
      statement.execute("GRANT RELOAD, BINLOG MONITOR, PROCESS ON *.* TO stage@'%'");
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void blocksCommitsFromItsAcquisitionToItsRelease() throws Exception {
    try (BackupStage stage = BackupStage.open(connector(), GENEROUS)) {
      stage.acquire();
      BinlogState state = stage.flushAndReadState();
      CompletableFuture<Void> commit = insert();
      assertThatThrownBy(() -> commit.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);

      StageEvidence evidence = stage.prove(state);
      stage.release();

      commit.get(5, TimeUnit.SECONDS);
      assertThat(evidence.held()).isTrue();
      assertThat(stage.blockedFor()).isGreaterThan(Duration.ofMillis(300));
      assertThat(stage.lost()).isEmpty();
    }
  }

  @Test
  void readsThePositionAtTheBeginningOfANewLog() throws Exception {
    insert().get(5, TimeUnit.SECONDS);
    String before = ask("SHOW BINLOG STATUS");
    try (BackupStage stage = BackupStage.open(connector(), GENEROUS)) {
      stage.acquire();

      BinlogState state = stage.flushAndReadState();

      assertThat(state.binlogPosition()).hasToString(ask("SELECT @@gtid_binlog_pos"));
      assertThat(state.coordinates().orElseThrow().file()).isGreaterThan(before);
      assertThat(state.coordinates().orElseThrow().offset()).isLessThan(1000);
      stage.release();
    }
  }

  @Test
  void endsByItselfWhenItsBudgetRunsOutThoughNobodyComesBack() throws Exception {
    var budgets = new StageBudgets(Duration.ofSeconds(5), Duration.ofSeconds(1));
    try (BackupStage stage = BackupStage.open(connector(), budgets)) {
      stage.acquire();
      BinlogState state = stage.flushAndReadState();

      insert().get(5, TimeUnit.SECONDS);

      assertThat(stage.lost())
          .hasValueSatisfying(
              loss -> {
                assertThat(loss.cause()).isEqualTo(BackupStage.Loss.Cause.BUDGET);
                assertThat(loss.why()).contains("1000 ms");
              });
      assertThatThrownBy(() -> stage.prove(state)).isInstanceOf(StageLostException.class);
      assertThatThrownBy(stage::release).isInstanceOf(StageLostException.class);
    }
  }

  @Test
  void isNeverProvenAfterItsSessionWasKilled() throws Exception {
    try (BackupStage stage = BackupStage.open(connector(), GENEROUS)) {
      stage.acquire();
      BinlogState state = stage.flushAndReadState();
      execute(
          "KILL "
              + ask(
                  "SELECT id FROM information_schema.processlist WHERE user = 'stage'"
                      + " ORDER BY id LIMIT 1"));

      assertThatThrownBy(() -> stage.prove(state)).isInstanceOf(SQLException.class);
      assertThatThrownBy(stage::release).isInstanceOf(SQLException.class);
      insert().get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void isAbandonedFromAnotherThreadWhileItsOwnWaitsForTheLock() throws Exception {
    try (Connection other = server.connect("");
        Statement blocking = other.createStatement();
        BackupStage stage = BackupStage.open(connector(), GENEROUS)) {
      blocking.execute("BACKUP STAGE START");
      CompletableFuture<Void> acquiring = inBackground(stage::acquire);
      awaitRunning("BACKUP STAGE START");

      stage.abandon("the test says so");

      assertThatThrownBy(() -> acquiring.get(3, TimeUnit.SECONDS))
          .hasCauseInstanceOf(StageLostException.class)
          .hasMessageContaining("the test says so");
      blocking.execute("BACKUP STAGE END");
    }
  }

  @Test
  void givesUpWithinItsBudgetNamingWhatRunsAndCanBeTriedAgain() throws Exception {
    var budgets = new StageBudgets(Duration.ofSeconds(2), Duration.ofSeconds(20));
    try (Connection other = server.connect("shop");
        Statement slow = other.createStatement();
        BackupStage stage = BackupStage.open(connector(), budgets)) {
      CompletableFuture<Void> ddl =
          inBackground(
              () -> slow.execute("CREATE TABLE copied AS SELECT SLEEP(6), 'a secret' AS what"));
      awaitRunning("CREATE TABLE copied%");
      long begun = System.nanoTime();

      assertThatThrownBy(stage::acquire)
          .isInstanceOf(StageNotAcquiredException.class)
          .hasMessageContaining("CREATE TABLE copied AS SELECT SLEEP(?), ? AS what");

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      insert().get(1, TimeUnit.SECONDS);
      ddl.get(20, TimeUnit.SECONDS);
      stage.acquire();
      stage.release();
    }
  }

  @Test
  void survivesAServerThatEndsIdleSessionsSoon() throws Exception {
    execute("SET GLOBAL wait_timeout = 2");
    try (BackupStage stage = BackupStage.open(connector(), GENEROUS)) {
      stage.acquire();
      BinlogState state = stage.flushAndReadState();
      assertThatThrownBy(() -> insert().get(4, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);

      assertThat(stage.prove(state).held()).isTrue();
      stage.release();
    } finally {
      execute("SET GLOBAL wait_timeout = 28800");
    }
  }

  @Test
  void leavesNothingHeldWhenItIsClosedWithoutRelease() throws Exception {
    try (BackupStage stage = BackupStage.open(connector(), GENEROUS)) {
      stage.acquire();
    }

    insert().get(2, TimeUnit.SECONDS);
  }

  @Test
  void cannotBeEnteredTwice() throws Exception {
    try (BackupStage first = BackupStage.open(connector(), GENEROUS);
        BackupStage second =
            BackupStage.open(
                connector(), new StageBudgets(Duration.ofSeconds(1), Duration.ofSeconds(5)))) {
      first.acquire();

      assertThatThrownBy(second::acquire).isInstanceOf(StageNotAcquiredException.class);
      assertThat(first.prove(first.flushAndReadState()).held()).isTrue();
      first.release();
    }
  }

  private static MariaDbConnector connector() {
    return new MariaDbConnector(
        server.address(),
        server.port(),
        "stage",
        Optional.empty(),
        TlsMode.PREFERRED,
        Optional.empty());
  }

  private static CompletableFuture<Void> insert() {
    return inBackground(() -> execute("INSERT INTO shop.orders VALUES ()"));
  }

  private interface Action {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> inBackground(Action action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                action.run();
                done.complete(null);
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(String sql) throws SQLException {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static void awaitRunning(String pattern) throws SQLException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    String count =
        "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '" + pattern + "'";
    while (ask(count).equals("0")) {
      assertThat(System.nanoTime()).as("waiting for " + pattern).isLessThan(deadline);
    }
  }
}
