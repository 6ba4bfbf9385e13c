package dev.snapshotjobs.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A shop of InnoDB tables that takes orders, and what it logs of that: mostly small transactions
/// on several tables at once, and now and then a large one.
record ShopHistory(LoggedServer server) {
  static final List<String> TABLES =
      List.of("articles", "customers", "orders", "positions", "positions_of_old");

  static final String WORDS =
      "orders (five statements on four tables in a transaction, and one UPDATE by itself), and twice"
          + " in each log a transaction that moves at most 20,000 rows and one that changes 2,000";

  private static final int WRITERS = 2;

  /// So many large transactions in each log.
  private static final int LARGE = 2;

  private static final String TAKE_ORDERS =
      """
      CREATE PROCEDURE shop.take_orders(count INT)
      FOR i IN 1..count DO
        SET @customer = 1 + FLOOR(RAND() * 50000), @article = 1 + FLOOR(RAND() * 2000);
        START TRANSACTION;
        INSERT INTO shop.orders (customer, placed_at, state, total)
          VALUES (@customer, NOW(3), 'new', ROUND(RAND() * 500, 2));
        SET @order = LAST_INSERT_ID();
        INSERT INTO shop.positions (order_id, article, quantity, price, note)
          SELECT @order, 1 + FLOOR(RAND() * 2000), 1 + FLOOR(RAND() * 5), ROUND(RAND() * 100, 2),
                 REPEAT(MD5(RAND()), 2)
          FROM seq_1_to_3;
        UPDATE shop.articles SET stock = stock - 1 WHERE id = @article;
        UPDATE shop.customers SET orders = orders + 1, last_order = NOW(3) WHERE id = @customer;
        COMMIT;
        UPDATE shop.orders SET state = 'sent' WHERE id = GREATEST(@order, 501) - 500;
      END FOR
      """;

  /// What is to be in the copy.
  void prepare() throws SQLException {
    server.run(
        "CREATE TABLE shop.customers (id INT PRIMARY KEY, name VARCHAR(60), email VARCHAR(100),"
            + " orders INT, last_order DATETIME(3) NULL, KEY (email))",
        "CREATE TABLE shop.articles (id INT PRIMARY KEY, name VARCHAR(60), stock INT,"
            + " price DECIMAL(8,2))",
        "CREATE TABLE shop.orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer INT,"
            + " placed_at DATETIME(3), state VARCHAR(10), total DECIMAL(8,2), KEY (customer))",
        "CREATE TABLE shop.positions (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_id BIGINT,"
            + " article INT, quantity INT, price DECIMAL(8,2), note VARCHAR(100), KEY (order_id))",
        "CREATE TABLE shop.positions_of_old LIKE shop.positions",
        "USE shop",
        "INSERT INTO customers SELECT seq, CONCAT('customer ', seq),"
            + " CONCAT(MD5(seq), '@example.org'), 0, NULL FROM seq_1_to_50000",
        "INSERT INTO articles SELECT seq, CONCAT('article ', seq), 100000, seq / 20"
            + " FROM seq_1_to_2000",
        TAKE_ORDERS);
  }

  /// Closes so many logs, which together have about so many bytes.
  void write(int logs, long bytes) throws SQLException, InterruptedException {
    long before = server.bytes();
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      for (int log = 0; log < logs; log++) {
        long from = before + bytes / logs * log;
        for (int part = 1; part <= LARGE; part++) {
          while (server.bytes() < from + bytes / logs * part / LARGE) {
            takeOrders(writers);
          }
          moveAndChange();
        }
        server.run("FLUSH BINARY LOGS");
        System.err.printf("log %d of %d is written%n", log + 1, logs);
      }
    }
  }

  private void takeOrders(ExecutorService writers) throws SQLException, InterruptedException {
    List<Callable<Void>> calls = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      calls.add(
          () -> {
            server.run("CALL shop.take_orders(500)");
            return null;
          });
    }
    for (Future<Void> call : writers.invokeAll(calls)) {
      try {
        call.get();
      } catch (ExecutionException e) {
        throw new SQLException(e.getCause());
      }
    }
  }

  private void moveAndChange() throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT COALESCE(MIN(id), 0) + 19999 INTO @last FROM positions");
      statement.execute("INSERT INTO positions_of_old SELECT * FROM positions WHERE id <= @last");
      statement.execute("DELETE FROM positions WHERE id <= @last");
      connection.commit();
      statement.execute("UPDATE articles SET price = price * 1.001");
      connection.commit();
    }
  }

  static String checksums(LoggedServer server) throws SQLException {
    try (Connection connection = server.connect()) {
      return checksums(connection);
    }
  }

  /// Of all rows of all tables, as the server computes it.
  static String checksums(Connection connection) throws SQLException {
    StringBuilder checksums = new StringBuilder();
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("CHECKSUM TABLE " + String.join(", ", TABLES))) {
      while (row.next()) {
        checksums.append(row.getString(1)).append('=').append(row.getString(2)).append(' ');
      }
    }
    return checksums.toString();
  }
}
