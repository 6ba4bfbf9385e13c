package dev.snapshotjobs.sandbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Connections that keep writing to a shop and remember, for each row, the GTID that the server
/// gave it and the moment at which the server acknowledged it. So they know what a copy must
/// contain, and how long commits were stalled.
public final class WriteLoad implements AutoCloseable {
  private final List<Thread> writers = new ArrayList<>();
  private final Queue<Commit> commits = new ConcurrentLinkedQueue<>();
  private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong count = new AtomicLong();
  private final CountDownLatch stop = new CountDownLatch(1);

  private WriteLoad() {}

  /// One acknowledged row.
  ///
  /// @param gtid what `@@last_gtid` was after it
  /// @param acknowledgedNanos on the scale of `System.nanoTime()`
  public record Commit(
      String engine, int writer, long number, String gtid, long acknowledgedNanos) {
    /// The row's identity.
    String key() {
      return engine + "/" + writer + "/" + number;
    }

    /// The sequence number of the GTID; the load writes in one domain.
    public long sequence() {
      return Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1));
    }
  }

  /// A time in which no commit was acknowledged on any connection.
  public record Stall(long startNanos, long endNanos) {
    public Duration length() {
      return Duration.ofNanos(endNanos - startNanos);
    }

    /// What of this stall is not covered by the pauses in which the sandbox copied files.
    public Duration without(List<SnapshotPause> pauses) {
      long covered = 0;
      for (SnapshotPause pause : pauses) {
        long start = Math.max(startNanos, pause.startNanos());
        long end = Math.min(endNanos, pause.endNanos());
        covered += Math.max(0, end - start);
      }
      return length().minusNanos(covered);
    }
  }

  /// What a server was found to hold, compared with what the writers know.
  ///
  /// @param expected rows with a GTID at or below the position
  /// @param missing those of them that the server does not have
  /// @param surplus rows that the server has although their GTID lies above the position
  public record Comparison(long expected, long found, List<String> missing, List<String> surplus) {
    public boolean exact() {
      return missing.isEmpty() && surplus.isEmpty();
    }
  }

  /// Creates the schema `shop` and starts the writers; writer `n` uses engine `n` of the list, from
  /// the beginning again where there are more writers than engines.
  public static WriteLoad start(String jdbcUrl, int connections, List<String> engines)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE IF NOT EXISTS shop");
      for (String engine : new HashSet<>(engines)) {
        statement.execute(
            """
            CREATE TABLE IF NOT EXISTS shop.%s (
              writer INT, number BIGINT, article VARCHAR(60), PRIMARY KEY (writer, number)
            ) ENGINE = %s
            """
                .formatted(table(engine), engine));
      }
    }
    WriteLoad load = new WriteLoad();
    for (int writer = 0; writer < connections; writer++) {
      int number = writer;
      String engine = engines.get(writer % engines.size());
      load.writers.add(
          Thread.ofPlatform()
              .daemon()
              .name("writer-" + writer)
              .start(() -> load.write(jdbcUrl, number, engine)));
    }
    return load;
  }

  private static String table(String engine) {
    return "orders_" + engine.toLowerCase(Locale.ROOT);
  }

  private void write(String jdbcUrl, int writer, String engine) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO shop." + table(engine) + " VALUES (?, ?, ?)");
        Statement gtid = connection.createStatement()) {
      insert.setInt(1, writer);
      for (long number = 1; stop.getCount() > 0; number++) {
        insert.setLong(2, number);
        insert.setString(3, "article " + number % 97);
        insert.executeUpdate();
        long acknowledged = System.nanoTime();
        try (ResultSet row = gtid.executeQuery("SELECT @@last_gtid")) {
          row.next();
          commits.add(new Commit(engine, writer, number, row.getString(1), acknowledged));
        }
        count.incrementAndGet();
      }
    } catch (SQLException e) {
      if (stop.getCount() > 0) {
        failures.add(e);
      }
    }
  }

  public long count() {
    return count.get();
  }

  /// Waits until so many more rows are acknowledged.
  public void awaitMore(long rows) throws InterruptedException {
    long goal = count() + rows;
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (count() < goal) {
      if (!failures.isEmpty() || System.nanoTime() > deadline) {
        throw new SandboxException("the writers got stuck at " + count() + " rows " + failures);
      }
      if (stop.await(5, TimeUnit.MILLISECONDS)) {
        throw new SandboxException("the writers were stopped");
      }
    }
  }

  /// Ends the writers; what they know stays.
  public void stop() throws InterruptedException {
    stop.countDown();
    for (Thread writer : writers) {
      writer.join(Duration.ofSeconds(30));
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What went wrong on the writers' connections; a lock of ours must not be seen here.
  public List<SQLException> failures() {
    return List.copyOf(failures);
  }

  public List<Commit> commits() {
    return List.copyOf(commits);
  }

  /// The longest time without any acknowledged commit that overlaps the given window.
  public Stall longestStall(long fromNanos, long toNanos) {
    List<Commit> ordered = new ArrayList<>(commits);
    ordered.sort(Comparator.comparingLong(Commit::acknowledgedNanos));
    Stall longest = new Stall(fromNanos, fromNanos);
    for (int i = 1; i < ordered.size(); i++) {
      Stall stall =
          new Stall(ordered.get(i - 1).acknowledgedNanos(), ordered.get(i).acknowledgedNanos());
      if (stall.endNanos() > fromNanos
          && stall.startNanos() < toNanos
          && stall.length().compareTo(longest.length()) > 0) {
        longest = stall;
      }
    }
    return longest;
  }

  /// Reads what another server holds and compares it with the rows up to a sequence number.
  public Comparison compare(String jdbcUrl, long upToSequence) throws SQLException {
    Set<String> found = new HashSet<>();
    Set<String> engines = new HashSet<>();
    commits.forEach(commit -> engines.add(commit.engine()));
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      for (String engine : engines) {
        try (ResultSet row =
            statement.executeQuery("SELECT writer, number FROM shop." + table(engine))) {
          while (row.next()) {
            found.add(engine + "/" + row.getInt(1) + "/" + row.getLong(2));
          }
        }
      }
    }
    Set<String> expected = new HashSet<>();
    for (Commit commit : commits) {
      if (commit.sequence() <= upToSequence) {
        expected.add(commit.key());
      }
    }
    return new Comparison(
        expected.size(), found.size(), difference(expected, found), difference(found, expected));
  }

  private static List<String> difference(Set<String> all, Set<String> without) {
    return all.stream().filter(key -> !without.contains(key)).sorted().toList();
  }
}
