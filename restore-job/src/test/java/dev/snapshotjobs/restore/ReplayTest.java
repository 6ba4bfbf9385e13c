package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From a copy of the data to where the plan leads, on real servers.
class ReplayTest {
  @Test
  void bringsADroppedTableBackWithEveryRow() throws Exception {
    try (ArchivedShop shop = new ArchivedShop("--binlog-format=MIXED")) {
      shop.server.run(
          "CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT PRIMARY KEY)");
      Path copy = shop.copy("shop-monday");
      shop.server.run(
          "INSERT INTO orders VALUES (1)",
          "CREATE TEMPORARY TABLE t (id INT)",
          "INSERT INTO t VALUES (10), (11)",
          "FLUSH BINARY LOGS",
          "INSERT INTO orders SELECT id FROM t",
          "CREATE EVENT on_ ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders",
          "CREATE DEFINER = archiver@'%' EVENT off_ ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM orders",
          "INSERT INTO orders VALUES (2)");
      shop.server.run("DROP TABLE orders");
      String dropped = shop.server.ask("SELECT @@gtid_binlog_pos");
      shop.archive();
      String id = shop.plan("--before-gtid", dropped);

      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        ArchivedShop.Ended inspected = pod.inspect();
        assertThat(inspected.exit()).as(inspected.err()).isZero();
        pod.start();
        ArchivedShop.Ended replayed = pod.replay("--batch-size", "4Ki");
        assertThat(replayed.exit()).as(replayed.err()).isZero();

        MariaDbServer restored = pod.putInService();
        assertThat(rows(restored, "SELECT id FROM shop.orders ORDER BY 1"))
            .containsExactly("1", "2", "10", "11");
        assertThat(
                rows(
                    restored,
                    "SELECT CONCAT(name, ' ', status, ' ', definer) FROM mysql.event ORDER BY 1"))
            .containsExactly("off_ DISABLED archiver@%", "on_ ENABLED root@127.0.0.1");
        assertThat(rows(restored, "SELECT user FROM mysql.user WHERE user LIKE '%restore%'"))
            .isEmpty();
        assertThat(rows(restored, "SELECT @@gtid_binlog_pos")).containsExactly("0-1-1000000000");
      }
    }
  }

  static List<String> rows(MariaDbServer server, String sql) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(String.valueOf(row.getString(1)));
      }
    }
    return rows;
  }
}
