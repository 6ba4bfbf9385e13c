package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.SqlTap;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommitLockTest {
  private static final LockBudgets GENEROUS =
      new LockBudgets(Duration.ofSeconds(5), Duration.ofSeconds(20));

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
      statement.execute("CREATE TABLE shop.long_update (n INT)");
      statement.execute("INSERT INTO shop.long_update VALUES (1)");
      statement.execute("CREATE USER stage@'%' IDENTIFIED BY ''");
      statement.execute("GRANT RELOAD, BINLOG MONITOR, PROCESS ON *.* TO stage@'%'");
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void blocksCommitsFromItsAcquisitionToItsRelease(LockKind kind) throws Exception {
    try (CommitLock lock = open(kind, GENEROUS)) {
      lock.acquire();
      BinlogState state = lock.flushAndReadState();
      CompletableFuture<Void> commit = insert();
      assertThatThrownBy(() -> commit.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);

      LockEvidence evidence = lock.prove(state);
      lock.release();

      commit.get(5, TimeUnit.SECONDS);
      assertThat(evidence.held()).isTrue();
      assertThat(lock.blockedFor()).isGreaterThan(Duration.ofMillis(300));
      assertThat(lock.lost()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void readsThePositionAtTheBeginningOfANewLog(LockKind kind) throws Exception {
    insert().get(5, TimeUnit.SECONDS);
    String before = ask("SHOW BINLOG STATUS");
    try (CommitLock lock = open(kind, GENEROUS)) {
      lock.acquire();

      BinlogState state = lock.flushAndReadState();

      assertThat(state.binlogPosition()).hasToString(ask("SELECT @@gtid_binlog_pos"));
      assertThat(state.logged()).hasToString(ask("SELECT @@gtid_binlog_state"));
      assertThat(state.coordinates().orElseThrow().file()).isGreaterThan(before);
      assertThat(state.coordinates().orElseThrow().offset()).isLessThan(1000);
      lock.release();
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void endsByItselfWhenItsBudgetRunsOutThoughNobodyComesBack(LockKind kind) throws Exception {
    var budgets = new LockBudgets(Duration.ofSeconds(5), Duration.ofSeconds(1));
    try (CommitLock lock = open(kind, budgets)) {
      lock.acquire();
      BinlogState state = lock.flushAndReadState();

      insert().get(5, TimeUnit.SECONDS);

      assertThat(lock.lost())
          .hasValueSatisfying(
              loss -> {
                assertThat(loss.cause()).isEqualTo(CommitLock.Loss.Cause.BUDGET);
                assertThat(loss.why()).contains("1000 ms");
              });
      assertThatThrownBy(() -> lock.prove(state)).isInstanceOf(LockLostException.class);
      assertThatThrownBy(lock::release).isInstanceOf(LockLostException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void isNeverProvenAfterItsSessionWasKilled(LockKind kind) throws Exception {
    try (CommitLock lock = open(kind, GENEROUS)) {
      lock.acquire();
      BinlogState state = lock.flushAndReadState();
      execute(
          "KILL "
              + ask(
                  "SELECT id FROM information_schema.processlist WHERE user = 'stage'"
                      + " ORDER BY id LIMIT 1"));

      assertThatThrownBy(() -> lock.prove(state)).isInstanceOf(SQLException.class);
      assertThatThrownBy(lock::release).isInstanceOf(SQLException.class);
      insert().get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void isAbandonedFromAnotherThreadWhileItsOwnWaitsForTheLock() throws Exception {
    try (Connection other = server.connect("");
        Statement blocking = other.createStatement();
        CommitLock lock = open(LockKind.BACKUP_STAGE, GENEROUS)) {
      blocking.execute("BACKUP STAGE START");
      CompletableFuture<Void> acquiring = inBackground(lock::acquire);
      awaitRunning("BACKUP STAGE START");

      lock.abandon("the test says so");

      assertThatThrownBy(() -> acquiring.get(3, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LockLostException.class)
          .hasMessageContaining("the test says so");
      blocking.execute("BACKUP STAGE END");
    }
  }

  @Test
  void givesUpWithinItsBudgetNamingWhatRunsAndCanBeTriedAgain() throws Exception {
    var budgets = new LockBudgets(Duration.ofSeconds(2), Duration.ofSeconds(20));
    try (Connection other = server.connect("shop");
        Statement slow = other.createStatement();
        CommitLock lock = open(LockKind.BACKUP_STAGE, budgets)) {
      CompletableFuture<Void> ddl =
          inBackground(
              () -> slow.execute("CREATE TABLE copied AS SELECT SLEEP(6), 'a secret' AS what"));
      awaitRunning("CREATE TABLE copied%");
      long begun = System.nanoTime();

      assertThatThrownBy(lock::acquire)
          .isInstanceOf(LockNotAcquiredException.class)
          .hasMessageContaining("CREATE TABLE copied AS SELECT SLEEP(?), ? AS what");

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      insert().get(1, TimeUnit.SECONDS);
      ddl.get(20, TimeUnit.SECONDS);
      lock.acquire();
      lock.release();
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void survivesAServerThatEndsIdleSessionsSoon(LockKind kind) throws Exception {
    execute("SET GLOBAL wait_timeout = 2");
    try (CommitLock lock = open(kind, GENEROUS)) {
      lock.acquire();
      BinlogState state = lock.flushAndReadState();
      assertThatThrownBy(() -> insert().get(4, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);

      assertThat(lock.prove(state).held()).isTrue();
      lock.release();
    } finally {
      execute("SET GLOBAL wait_timeout = 28800");
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void leavesNothingHeldWhenItIsClosedWithoutRelease(LockKind kind) throws Exception {
    try (CommitLock lock = open(kind, GENEROUS)) {
      lock.acquire();
    }

    insert().get(2, TimeUnit.SECONDS);
  }

  @Test
  void cannotBeEnteredTwice() throws Exception {
    try (CommitLock first = open(LockKind.BACKUP_STAGE, GENEROUS);
        CommitLock second =
            open(
                LockKind.BACKUP_STAGE,
                new LockBudgets(Duration.ofSeconds(1), Duration.ofSeconds(5)))) {
      first.acquire();

      assertThatThrownBy(second::acquire).isInstanceOf(LockNotAcquiredException.class);
      assertThat(first.prove(first.flushAndReadState()).held()).isTrue();
      first.release();
    }
  }

  @Test
  void countsTheTimeThatTheGlobalReadLockWaitsAsHeld() throws Exception {
    var budgets = new LockBudgets(Duration.ofSeconds(10), Duration.ofSeconds(4));
    try (Connection other = server.connect("shop");
        Statement slow = other.createStatement();
        CommitLock lock = open(LockKind.FLUSH_TABLES, budgets)) {
      CompletableFuture<Void> update =
          inBackground(() -> slow.execute("UPDATE long_update SET n = SLEEP(8)"));
      awaitRunning("UPDATE long_update%");
      long begun = System.nanoTime();

      assertThatThrownBy(lock::acquire)
          .isInstanceOf(LockNotAcquiredException.class)
          .hasMessageContaining("FLUSH TABLES WITH READ LOCK was not granted in 2.")
          .hasMessageContaining("UPDATE long_update SET n = SLEEP(?)");

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      insert().get(1, TimeUnit.SECONDS);
      slow.cancel();
      assertThatThrownBy(() -> update.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void isNotHeldOffByALongSelect(LockKind kind) throws Exception {
    try (Connection other = server.connect("shop");
        Statement slow = other.createStatement();
        CommitLock lock = open(kind, GENEROUS)) {
      CompletableFuture<Void> select =
          inBackground(() -> slow.execute("SELECT SLEEP(20) FROM long_update"));
      awaitRunning("SELECT SLEEP(20)%");
      long begun = System.nanoTime();

      lock.acquire();

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
      lock.release();
      slow.cancel();
      assertThat(select.handle((done, failure) -> true).get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void saysThatAnIdleSessionHoldsItOff() throws Exception {
    var budgets = new LockBudgets(Duration.ofSeconds(1), Duration.ofSeconds(4));
    try (Connection other = server.connect("shop");
        Statement idle = other.createStatement();
        CommitLock lock = open(LockKind.BACKUP_STAGE, budgets)) {
      idle.execute("LOCK TABLES orders WRITE");

      assertThatThrownBy(lock::acquire)
          .isInstanceOf(LockNotAcquiredException.class)
          .hasMessageContaining("an idle session holds it off");
    }
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void addsNoTransactionOfItsOwn(LockKind kind) throws Exception {
    String before = ask("SELECT @@gtid_binlog_pos");
    try (CommitLock lock = open(kind, GENEROUS)) {
      lock.acquire();
      assertThat(lock.prove(lock.flushAndReadState()).held()).isTrue();
      lock.release();
    }

    assertThat(ask("SELECT @@gtid_binlog_pos")).isEqualTo(before);
  }

  /// What no client does and no server is known to do: the session lives on without its lock.
  @ParameterizedTest
  @EnumSource(LockKind.class)
  void learnsFromTheSecondSessionThatTheLockIsGoneAndAddsNoTransactionThen(LockKind kind)
      throws Exception {
    try (SqlTap tap = SqlTap.of(server);
        CommitLock lock = CommitLock.open(connectorTo(tap.port()), kind, GENEROUS)) {
      lock.acquire();
      BinlogState state = lock.flushAndReadState();
      String before = ask("SELECT @@gtid_binlog_pos");
      CountDownLatch released = new CountDownLatch(1);
      tap.replace("SET SESSION wait_timeout", kind.release());
      tap.after("SET SESSION wait_timeout", released::countDown);
      assertThat(released.await(10, TimeUnit.SECONDS)).as("a heartbeat").isTrue();

      LockEvidence evidence = lock.prove(state);

      assertThat(evidence.sameSession()).isTrue();
      assertThat(evidence.positionUnmoved()).isTrue();
      assertThat(evidence.secondSessionRefused()).isFalse();
      assertThat(ask("SELECT @@gtid_binlog_pos")).isEqualTo(before);
    }
  }

  private static CommitLock open(LockKind kind, LockBudgets budgets) throws SQLException {
    return CommitLock.open(connector(), kind, budgets);
  }

  private static MariaDbConnector connector() {
    return connectorTo(server.port());
  }

  private static MariaDbConnector connectorTo(int port) {
    return new MariaDbConnector(
        server.address(), port, "stage", Optional.empty(), TlsMode.PREFERRED, Optional.empty());
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
