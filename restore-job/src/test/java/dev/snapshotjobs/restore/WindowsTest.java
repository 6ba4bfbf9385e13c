package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// An archive with a place that no recovery goes over, and no snapshot behind it.
class WindowsTest {
  @Test
  void tellWhereAGapIsAndWhatLiesBehindIt() throws Exception {
    try (ArchivedShop shop = new ArchivedShop("--binlog-format=ROW")) {
      shop.server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT)");
      shop.snapshot("shop-monday");
      shop.server.run("INSERT INTO orders VALUES (1)");
      assertThat(shop.archive().exit()).isZero();
      shop.server.rotate();
      shop.server.run("INSERT INTO orders VALUES (2)");
      String unseen = shop.server.ask("SELECT @@gtid_binlog_pos");
      shop.server.run("INSERT INTO orders VALUES (22)");
      shop.server.rotate();
      shop.server.purgeTo(shop.server.logs().getLast());
      shop.server.run("INSERT INTO orders VALUES (3)");
      assertThat(shop.archive().exit()).isEqualTo(4);
      String behind = shop.server.ask("SELECT @@gtid_binlog_pos");

      ArchivedShop.Ended windows = shop.restoreJob("windows");
      JsonNode json = shop.restoreJob("windows", "--output", "json").json();
      ArchivedShop.Ended lost = shop.restoreJob("plan", "--to-gtid", unseen);
      ArchivedShop.Ended unbased = shop.restoreJob("plan", "--to-gtid", behind);

      assertThat(windows.out())
          .contains("timeline 0002 was opened (gap): what was logged between")
          .containsPattern(
              "bin\\.\\d+ of timeline 0002 cannot be recovered: no snapshot is a base");
      assertThat(json.at("/windows/0/endKind").asString()).isEqualTo("gap");
      assertThat(json.at("/withoutBase/0/timeline").asString()).isEqualTo("0002");
      assertThat(lost.exit()).isEqualTo(3);
      assertThat(lost.out())
          .contains("No history of the archive has it")
          .contains("The nearest before it is the end of timeline 0001")
          .contains("timeline 0002 was opened (gap)");
      assertThat(unbased.exit()).isEqualTo(3);
      assertThat(unbased.out())
          .contains("No snapshot of the catalogue is a base for timeline 0002")
          .contains("The nearest before it is the end of timeline 0001");
    }
  }
}
