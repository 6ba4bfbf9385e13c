package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SqlTapTest {

  private final MariaDbServer server;
  private SqlTap tap;

  SqlTapTest(@TempDir Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    server =
        MariaDbServer.start(
            MariaDbServer.Spec.of(
                folder.resolve("data"), "tapped", List.of("--max-allowed-packet=64M")));
  }

  @BeforeAll
  void createTable() throws SQLException {
    try (Connection connection = server.connect("")) {
      execute(connection, "CREATE DATABASE shop");
      execute(connection, "CREATE TABLE shop.orders (id INT PRIMARY KEY, note LONGTEXT)");
    }
  }

  @BeforeEach
  void open() {
    tap = SqlTap.of(server);
  }

  @AfterEach
  void closeTap() throws SQLException {
    tap.close();
    try (Connection connection = server.connect("shop")) {
      execute(connection, "DELETE FROM orders");
    }
  }

  @AfterAll
  void close() {
    server.close();
  }

  @Test
  void showsTheStatementsOfEachConnectionInOrder() throws SQLException {
    try (Connection first = connect("");
        Connection second = connect("")) {
      execute(first, "SELECT 'a'");
      execute(second, "SELECT 'b'");
      execute(first, "SELECT 'c'");
      assertThat(number(second, "SELECT COUNT(*) FROM orders")).isZero();
    }

    assertThat(tap.statements())
        .filteredOn(statement -> statement.sql().startsWith("SELECT '"))
        .containsExactly(
            new SqlTap.Statement(1, "SELECT 'a'"),
            new SqlTap.Statement(2, "SELECT 'b'"),
            new SqlTap.Statement(1, "SELECT 'c'"));
  }

  @Test
  void passesLongStatementsAndLongAnswers() throws SQLException {
    String note = "Zürich €".repeat(30_000);
    String longerThanAPacket = "x".repeat(17 << 20);
    try (Connection connection = connect("")) {
      execute(connection, "INSERT INTO orders VALUES (1, '" + note + "')");
      execute(connection, "INSERT INTO orders VALUES (2, '" + longerThanAPacket + "')");
      assertThat(text(connection, "SELECT note FROM orders WHERE id = 1")).isEqualTo(note);
      assertThat(text(connection, "SELECT note FROM orders WHERE id = 2"))
          .isEqualTo(longerThanAPacket);
      assertThat(number(connection, "SELECT COUNT(*) FROM seq_1_to_1000 a, seq_1_to_3 b"))
          .isEqualTo(3000);
    }

    assertThat(tap.statements())
        .contains(new SqlTap.Statement(1, "INSERT INTO orders VALUES (1, '" + note + "')"))
        .contains(
            new SqlTap.Statement(1, "INSERT INTO orders VALUES (2, '" + longerThanAPacket + "')"));
  }

  @Test
  void actsBeforeAStatementReachesTheServer() throws SQLException {
    tap.before("^INSERT", () -> insertBeside(1));
    try (Connection connection = connect("")) {
      assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (1, 'mine')"))
          .hasMessageContaining("Duplicate entry");
      execute(connection, "INSERT INTO orders VALUES (2, 'mine')");
      assertThat(text(connection, "SELECT note FROM orders WHERE id = 1")).isEqualTo("beside");
    }
  }

  @Test
  void actsAfterTheServerHasAnsweredAndBeforeTheClientKnows()
      throws SQLException, ExecutionException, InterruptedException, TimeoutException {
    CountDownLatch go = new CountDownLatch(1);
    List<Integer> rows = new CopyOnWriteArrayList<>();
    tap.after(
        "^INSERT",
        () -> {
          rows.add(countBeside());
          await(go);
        });
    try (Connection connection = connect("")) {
      rowsOf(connection, "SELECT seq FROM seq_1_to_1000"); // its packets' numbers come round
      CompletableFuture<Void> inserted =
          CompletableFuture.runAsync(() -> insert(connection, "INSERT INTO orders VALUES (1, '')"));
      assertThatThrownBy(() -> inserted.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      go.countDown();
      inserted.get(30, TimeUnit.SECONDS);
    }
    assertThat(rows).containsExactly(1);
  }

  @Test
  void actsAfterTheRightOneOfSeveral() throws SQLException {
    List<Integer> rows = new CopyOnWriteArrayList<>();
    tap.after("VALUES \\(3", () -> rows.add(countBeside()));
    try (Connection connection = connect("")) {
      for (int id = 1; id <= 5; id++) {
        rowsOf(connection, "SELECT seq FROM seq_1_to_" + 251 * id);
        execute(connection, "INSERT INTO orders VALUES (" + id + ", '')");
      }
    }
    assertThat(rows).containsExactly(3);
  }

  @Test
  void passesAnotherStatementInPlaceOfOne() throws SQLException {
    tap.replace("^FLUSH BINARY LOGS", "DO 0");
    try (Connection connection = connect("")) {
      execute(connection, "FLUSH BINARY LOGS"); // would fail: the log is off
      assertThat(number(connection, "SELECT 7")).isEqualTo(7);
    }
    assertThat(tap.statements()).contains(new SqlTap.Statement(1, "FLUSH BINARY LOGS"));
  }

  @Test
  void cutNetworkHoldsEverythingAndEndsNothing() throws SQLException {
    Connection connection = connect("?socketTimeout=300");
    long session = number(connection, "SELECT CONNECTION_ID()");
    tap.cut();

    assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (1, 'late')"))
        .hasRootCauseInstanceOf(java.net.SocketTimeoutException.class);
    assertThatThrownBy(() -> connect("?connectTimeout=300")).isInstanceOf(SQLException.class);
    assertThat(connection.isClosed()).isTrue();
    assertThat(isListed(session)).isTrue();
    assertThat(countBeside()).isZero();

    tap.heal();
    awaitEnd(session);
    assertThat(countBeside()).as("it was under way, and arrives").isEqualTo(1);
    try (Connection again = connect("")) {
      assertThat(number(again, "SELECT 1")).isEqualTo(1);
    }
  }

  @Test
  void statementWaitsForTheHealedNetwork()
      throws SQLException, ExecutionException, InterruptedException, TimeoutException {
    tap.before("^INSERT", tap::cut);
    try (Connection connection = connect("")) {
      CompletableFuture<Void> inserted =
          CompletableFuture.runAsync(() -> insert(connection, "INSERT INTO orders VALUES (1, '')"));
      assertThatThrownBy(() -> inserted.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(countBeside()).isZero();

      tap.heal();
      inserted.get(30, TimeUnit.SECONDS);
      assertThat(countBeside()).isEqualTo(1);
    }
  }

  @Test
  void cutAfterTheAnswerLosesIt() throws SQLException {
    tap.after("^INSERT", tap::cut);
    try (Connection connection = connect("?socketTimeout=300")) {
      assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (1, '')"))
          .isInstanceOf(SQLException.class);
    }
    assertThat(countBeside()).isEqualTo(1);
  }

  @Test
  void resetEndsConnectionsAtBothEnds() throws SQLException {
    Connection idle = connect("");
    Connection busy = connect("");
    long session = number(idle, "SELECT CONNECTION_ID()");
    long busySession = number(busy, "SELECT CONNECTION_ID()");
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> failureOf(busy, "SELECT SLEEP(60)"));
    awaitSessions("info = 'SELECT SLEEP(60)'", 1);

    tap.reset();

    assertThat(failure.orTimeout(30, TimeUnit.SECONDS).join()).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> execute(idle, "SELECT 1")).isInstanceOf(SQLException.class);
    awaitEnd(session);
    awaitEnd(busySession);
    try (Connection again = connect("")) {
      assertThat(number(again, "SELECT 1")).isEqualTo(1);
    }
  }

  @Test
  void statementThatWasResetBeforeDoesNotReachTheServer() throws SQLException {
    tap.before("^INSERT", tap::reset);
    Connection connection = connect("");
    long session = number(connection, "SELECT CONNECTION_ID()");

    assertThatThrownBy(() -> execute(connection, "INSERT INTO orders VALUES (1, '')"))
        .isInstanceOf(SQLException.class);

    awaitEnd(session);
    assertThat(countBeside()).isZero();
  }

  @Test
  void failureOfAnActionIsThrownWhenTheTapIsClosed() throws SQLException {
    SqlTap other = SqlTap.of(server);
    other.before("^SELECT 5", () -> assertThat(1).isEqualTo(2));
    Connection connection = DriverManager.getConnection(url(other, ""), "root", "");

    assertThatThrownBy(() -> execute(connection, "SELECT 5")).isInstanceOf(SQLException.class);
    assertThatThrownBy(other::close)
        .isInstanceOf(SandboxException.class)
        .hasCauseInstanceOf(AssertionError.class);
  }

  private String url(SqlTap through, String options) {
    return "jdbc:mariadb://" + server.address() + ":" + through.port() + "/shop" + options;
  }

  private Connection connect(String options) throws SQLException {
    return DriverManager.getConnection(url(tap, options), "root", "");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void insert(Connection connection, String sql) {
    try {
      execute(connection, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Throwable failureOf(Connection connection, String sql) {
    try {
      execute(connection, sql);
      return new AssertionError("no failure of " + sql);
    } catch (SQLException e) {
      return e;
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    return Long.parseLong(text(connection, query));
  }

  private static void rowsOf(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.last()).isTrue();
    }
  }

  private void insertBeside(int id) {
    try (Connection beside = server.connect("shop")) {
      execute(beside, "INSERT INTO orders VALUES (" + id + ", 'beside')");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private int countBeside() {
    try {
      return MariaDbServerTest.number(server, "shop", "SELECT COUNT(*) FROM orders");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private boolean isListed(long session) throws SQLException {
    return sessions("id = " + session) == 1;
  }

  private int sessions(String condition) throws SQLException {
    return MariaDbServerTest.number(
        server, "information_schema", "SELECT COUNT(*) FROM processlist WHERE " + condition);
  }

  private void awaitEnd(long session) throws SQLException {
    awaitSessions("id = " + session, 0);
  }

  private void awaitSessions(String condition, int count) throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (sessions(condition) != count) {
      assertThat(System.nanoTime()).as(condition).isLessThan(deadline);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
