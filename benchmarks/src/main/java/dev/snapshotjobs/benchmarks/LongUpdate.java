package dev.snapshotjobs.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;

/// An UPDATE that takes six seconds, on rows that no writer touches: what it holds up waits for the
/// statement and not for its rows. It has a connection of its own, and another one looks after it.
final class LongUpdate implements AutoCloseable {
  private static final String UPDATE = "UPDATE reports.long_update SET n = n + 1 + SLEEP(0.6)";
  private static final int QUERY_INTERRUPTED = 1317; // ER_QUERY_INTERRUPTED

  private final Connection connection;
  private final Statement statement;
  private final Connection observer;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private volatile boolean begun;
  private volatile boolean cancelled;

  private LongUpdate(Connection connection, Statement statement, Connection observer) {
    this.connection = connection;
    this.statement = statement;
    this.observer = observer;
  }

  /// Makes its table.
  static void prepare(Statement statement) throws SQLException {
    statement.execute("CREATE DATABASE reports");
    statement.execute(
        "CREATE TABLE reports.long_update (id INT PRIMARY KEY, n INT) ENGINE = InnoDB");
    statement.execute("INSERT INTO reports.long_update SELECT seq, 0 FROM reports.seq_1_to_10");
  }

  /// Connects, and updates nothing yet.
  static LongUpdate open(Shop shop) throws SQLException {
    Connection connection = shop.connect();
    return new LongUpdate(connection, connection.createStatement(), shop.connect());
  }

  /// Returns when the server's processlist shows that it is at its first row.
  void begin() {
    try (PreparedStatement look =
        observer.prepareStatement(
            "SELECT 1 FROM information_schema.processlist WHERE id = ? AND state = 'User sleep'")) {
      look.setLong(1, connectionId());
      begun = true;
      Thread.ofPlatform().daemon().name("long-update").start(this::update);
      while (!answers(look)) {
        if (end.isDone()) {
          throw new IllegalStateException("the long UPDATE has ended before it was seen");
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the long UPDATE cannot begin", e);
    }
  }

  private long connectionId() throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static boolean answers(PreparedStatement look) throws SQLException {
    try (ResultSet row = look.executeQuery()) {
      return row.next();
    }
  }

  private void update() {
    try {
      statement.execute(UPDATE);
      end.complete(null);
    } catch (SQLException e) {
      if (cancelled && e.getErrorCode() == QUERY_INTERRUPTED) {
        end.complete(null);
      } else {
        end.completeExceptionally(e);
      }
    }
  }

  /// Cancels it if it still runs, and returns when it is over.
  @Override
  public void close() throws SQLException {
    try (connection;
        statement;
        observer) {
      if (begun) {
        cancelled = true;
        statement.cancel();
        end.join();
      }
    }
  }
}
