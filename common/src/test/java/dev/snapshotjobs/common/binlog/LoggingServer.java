package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.sandbox.MariaDbServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real server with a binary log, and its logs as files.
public final class LoggingServer implements AutoCloseable {
  private final Path dataDir;
  private final List<String> options;
  private MariaDbServer server;
  private Connection connection;

  private LoggingServer(Path dataDir, List<String> options) throws SQLException {
    this.dataDir = dataDir;
    this.options = options;
    this.server = MariaDbServer.start(MariaDbServer.Spec.of(dataDir, "mariadb-0", options));
    this.connection = server.connect("");
  }

  public static LoggingServer start(String... more) throws IOException, SQLException {
    List<String> options =
        new ArrayList<>(
            List.of("--log-bin=bin", "--server-id=1", "--log-bin-trust-function-creators=1"));
    options.addAll(List.of(more));
    return new LoggingServer(Files.createTempDirectory("binlog"), options);
  }

  public MariaDbServer server() {
    return server;
  }

  public Path dataDir() {
    return dataDir;
  }

  /// Runs statements one after the other, all in the same session.
  public void run(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  public String ask(String sql) throws SQLException {
    return ask(sql, 1);
  }

  public String ask(String sql, int column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(column)) : "";
    }
  }

  /// Begins a new log and names the one that was closed by it.
  public String rotate() throws SQLException {
    String closed = ask("SHOW MASTER STATUS");
    run("FLUSH BINARY LOGS");
    return closed;
  }

  /// Lets the server forget all logs before this one. It keeps one that is being read and says
  /// nothing of it, and for a moment it takes a dump that has ended for one that reads.
  public void purgeTo(String log) throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    do {
      run("PURGE BINARY LOGS TO '" + log + "'");
      if (logs().getFirst().equals(log)) {
        return;
      }
    } while (System.nanoTime() < deadline);
    throw new IllegalStateException("the server keeps " + logs());
  }

  public List<String> logs() throws SQLException {
    List<String> logs = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
      while (row.next()) {
        logs.add(row.getString(1));
      }
    }
    return logs;
  }

  public Path file(String log) {
    return dataDir.resolve(log);
  }

  public byte[] bytes(String log) throws IOException {
    return Files.readAllBytes(file(log));
  }

  /// What the file has, up to the given size.
  public LogSummary summary(String log, long size) throws IOException {
    LogScan scan = new LogScan(100, ScanListener.NONE);
    byte[] piece = new byte[100_000];
    try (InputStream in = Files.newInputStream(file(log))) {
      long left = size;
      int length = in.read(piece, 0, (int) Math.min(piece.length, left));
      while (length > 0) {
        scan.accept(piece, 0, length);
        left -= length;
        length = in.read(piece, 0, (int) Math.min(piece.length, left));
      }
    }
    return scan.summary();
  }

  /// Where the server stands, by its own account.
  public long offset() throws SQLException {
    return Long.parseLong(ask("SHOW MASTER STATUS", 2));
  }

  public void stop() {
    server.stop();
  }

  public void kill() {
    server.kill();
  }

  /// At the same address, as a pod behind its name in DNS.
  ///
  /// @param more options, from now on
  public void startAgain(String... more) throws SQLException {
    options.addAll(List.of(more));
    MariaDbServer.Spec spec =
        new MariaDbServer.Spec(dataDir, server.address(), server.port(), "mariadb-0", options);
    server.close();
    server = MariaDbServer.start(spec);
    connection = server.connect("");
  }

  @Override
  public void close() throws IOException {
    server.close();
    try (Stream<Path> all = Files.walk(dataDir)) {
      all.sorted(Comparator.reverseOrder()).forEach(LoggingServer::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
