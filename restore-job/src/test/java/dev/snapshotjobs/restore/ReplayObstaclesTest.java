package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.LoggingServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Sessions of a real server, some of which had temporary tables when the log began.
class ReplayObstaclesTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private LoggingServer server;

  @BeforeEach
  void start() throws Exception {
    server = LoggingServer.start("--binlog-format=STATEMENT");
    server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT)");
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  private Connection session(String... statements) throws SQLException {
    Connection session = server.server().connect("shop");
    run(session, statements);
    return session;
  }

  private static void run(Connection session, String... statements) throws SQLException {
    try (Statement statement = session.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /// What is in the way in the log that is written.
  private List<String> told() throws IOException, SQLException {
    String log = server.rotate();
    ReplayObstacles obstacles = new ReplayObstacles();
    byte[] bytes = server.bytes(log);
    BinlogParser.fromStart(LogSearch.STATEMENT, obstacles::accept).accept(bytes, 0, bytes.length);
    return obstacles.told();
  }

  @Test
  void findsTheUseOfATemporaryTableThatIsOlderThanTheBase() throws Exception {
    try (Connection old = session("CREATE TEMPORARY TABLE scratch (id INT)")) {
      server.rotate();
      run(old, "INSERT INTO orders SELECT id FROM scratch");

      assertThat(told())
          .singleElement()
          .asString()
          .contains("a temporary table that was made before the snapshot is used by: INSERT INTO");
    }
  }

  @Test
  void findsATemporaryTableThatItsSessionHadUntilItEnded() throws Exception {
    Connection old = session("CREATE TEMPORARY TABLE scratch (id INT)");
    server.rotate();
    run(old, "CREATE TEMPORARY TABLE later (id INT)", "INSERT INTO later VALUES (1)");
    old.close();
    awaitSessionsToEnd();

    assertThat(told())
        .singleElement()
        .asString()
        .contains("the temporary table shop.scratch was made before the snapshot");
  }

  private void awaitSessionsToEnd() throws SQLException {
    while (!server
        .ask("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = 'shop'")
        .equals("1")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void leavesInPeaceWhatIsMadeAndUsedBehindTheBase() throws Exception {
    server.rotate();
    try (Connection session =
        session(
            "CREATE TEMPORARY TABLE IF NOT EXISTS scratch (id INT)",
            "INSERT INTO scratch VALUES (1)",
            "ALTER TABLE scratch RENAME TO draft",
            "INSERT INTO orders SELECT id FROM draft",
            "DROP TEMPORARY TABLE IF EXISTS nobodys",
            "DROP TEMPORARY TABLE draft",
            "CREATE OR REPLACE TEMPORARY TABLE shop.again SELECT * FROM orders",
            "INSERT INTO orders VALUES (CONNECTION_ID())")) {
      run(session, "INSERT INTO orders SELECT id FROM again");
    }
    awaitSessionsToEnd();
    session("INSERT INTO orders VALUES (CONNECTION_ID())").close();

    assertThat(told()).isEmpty();
  }

  @Test
  void tellsTablesWhoseRowsAreNotInTheData() throws Exception {
    server.rotate();
    server.run(
        "CREATE TABLE sessions (id INT) ENGINE=MEMORY",
        "CREATE TABLE kept (id INT, engine INT) ENGINE = InnoDB COMMENT 'ENGINE=MEMORY'",
        "ALTER TABLE shop.kept ENGINE memory");

    assertThat(told())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("table shop.sessions has the engine MEMORY"))
        .anyMatch(line -> line.endsWith("table shop.kept has the engine MEMORY"));
  }

  /// A real log says in which mode its statement was sent.
  @Test
  void readsAStatementInTheModeOfItsSession() throws Exception {
    server.rotate();
    try (Connection session = session("SET sql_mode = 'NO_BACKSLASH_ESCAPES'")) {
      run(session, "CREATE TABLE sessions (id INT) COMMENT 'C:\\' ENGINE=MEMORY");
    }

    assertThat(told())
        .singleElement()
        .asString()
        .endsWith("table shop.sessions has the engine MEMORY");
  }

  @Test
  void tellsWhatIsBegunAndNotEnded() throws Exception {
    server.run("CREATE TABLE bought (id INT) ENGINE=InnoDB");
    server.rotate();
    try (Connection session =
        session(
            "XA START 'ended'",
            "INSERT INTO bought VALUES (1)",
            "XA END 'ended'",
            "XA PREPARE 'ended'",
            "XA COMMIT 'ended'",
            "XA START 'open'",
            "INSERT INTO bought VALUES (2)",
            "XA END 'open'",
            "XA PREPARE 'open'")) {
      String prepared = server.ask("SELECT @@gtid_binlog_pos");

      assertThat(told())
          .singleElement()
          .asString()
          .contains("the distributed transaction of " + prepared + " is prepared and not ended");
      run(session, "XA ROLLBACK 'open'");
    }
  }

  @Test
  void tellsTheFirstOfMany() throws Exception {
    try (Connection old = session("CREATE TEMPORARY TABLE scratch (id INT)")) {
      server.rotate();
      for (int i = 0; i < 25; i++) {
        run(old, "INSERT INTO orders SELECT id FROM scratch");
      }

      assertThat(told()).hasSize(11).last().isEqualTo("15 more of the kind");
    }
  }
}
