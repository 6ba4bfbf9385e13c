package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.sandbox.MariaDbServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A server that has logged something, and an account that may read it.
final class LoggedServer implements AutoCloseable {
  static final String USER = "binlog_archiver";
  static final String PASSWORD = "of-a-benchmark";
  static final List<String> ARGS =
      List.of(
          "--log-bin=mysql-bin",
          "--server-id=1",
          "--binlog-format=ROW",
          "--max-binlog-size=1G",
          "--sync-binlog=0");

  private static final int MIB = 1 << 20;

  /// Orders of five positions each, every order a transaction. Not of InnoDB, whose log would be
  /// written along.
  private static final String WRITE =
      """
      CREATE PROCEDURE shop.write_orders(count INT)
      FOR i IN 1..count DO
        INSERT INTO shop.positions (customer, article, price, note)
          SELECT FLOOR(RAND() * 50000), CONCAT('article ', FLOOR(RAND() * 2000)),
                 ROUND(RAND() * 100, 2), REPEAT(MD5(RAND()), 3)
          FROM seq_1_to_5;
      END FOR
      """;

  private final MariaDbServer server;
  private final Path dataDir;

  private final List<String> args;

  private LoggedServer(MariaDbServer server, Path dataDir, List<String> args) {
    this.server = server;
    this.dataDir = dataDir;
    this.args = args;
  }

  /// @param more options of the server beside [#ARGS]
  static LoggedServer start(String... more) throws IOException, SQLException {
    Path dataDir = Files.createTempDirectory("benchmark-data");
    List<String> args = Stream.concat(ARGS.stream(), Stream.of(more)).toList();
    LoggedServer started =
        new LoggedServer(
            MariaDbServer.start(MariaDbServer.Spec.of(dataDir, "mariadb-0", args)), dataDir, args);
    started.run(
        "CREATE USER " + USER + "@'%' IDENTIFIED BY '" + PASSWORD + "'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO " + USER + "@'%'",
        "CREATE DATABASE shop");
    return started;
  }

  void run(String... statements) throws SQLException {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// Closes so many logs of this size.
  void writeLogs(int count, int mebibytes) throws SQLException {
    run(
        "CREATE TABLE shop.positions (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer INT,"
            + " article VARCHAR(40), price DECIMAL(8,2), note VARCHAR(100))"
            + " ENGINE=Aria TRANSACTIONAL=0",
        WRITE,
        "RESET MASTER");
    for (int log = 0; log < count; log++) {
      // The data are of no use: the logs are.
      run("TRUNCATE TABLE shop.positions");
      while (bytes() < (log + 1L) * mebibytes * MIB) {
        run("CALL shop.write_orders(5000)");
      }
      run("FLUSH BINARY LOGS");
    }
  }

  /// Of all logs.
  long bytes() throws SQLException {
    long bytes = 0;
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
      while (row.next()) {
        bytes += row.getLong(2);
      }
    }
    return bytes;
  }

  /// All logs that are closed, in order.
  List<Path> files() throws SQLException {
    List<Path> files = new ArrayList<>();
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
      while (row.next()) {
        files.add(dataDir.resolve(row.getString(1)));
      }
    }
    return files.subList(0, files.size() - 1);
  }

  /// How many statements clients have sent so far, this one left out.
  long statements() throws SQLException {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Questions'")) {
      row.next();
      return row.getLong(2) - 1;
    }
  }

  String address() {
    return server.address();
  }

  int port() {
    return server.port();
  }

  String ask(String sql) throws SQLException {
    return ask(sql, 1);
  }

  /// A column of the first row; empty if there is none.
  String ask(String sql, int column) throws SQLException {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(column)) : "";
    }
  }

  Connection connect() throws SQLException {
    return server.connect("shop");
  }

  Path dataDir() {
    return dataDir;
  }

  /// What a storage would copy in a moment: the data of a server that nobody has stopped.
  void copyTo(Path folder) throws IOException, InterruptedException {
    server.pause();
    try {
      Folders.copy(dataDir, folder);
    } finally {
      server.resume();
    }
  }

  /// For the heading of a benchmark.
  String description() throws SQLException {
    return "MariaDB %s in the sandbox, `%s`"
        .formatted(ask("SELECT VERSION()"), String.join(" ", args));
  }

  @Override
  public void close() throws IOException {
    server.close();
    Folders.delete(dataDir);
  }
}
