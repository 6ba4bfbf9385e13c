package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.MariaDbServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Servers with other histories than one domain in one log: none, several, and what is not history
/// yet.
class HistoriesTest {
  @Test
  void isConsistentWithoutABinaryLogAndSaysThatItEndsThere() throws Exception {
    try (ProtectedShop shop = ProtectedShop.open("--server-id=1")) {
      ProtectedShop.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.verdict()).isEqualTo("consistent");
      assertThat(ended.message()).contains("none: log_bin is off");
      var metadata = shop.snapshot(ended.snapshotName()).orElseThrow().getMetadata();
      assertThat(metadata.getLabels())
          .containsEntry("mariadb-snapshot-jobs/state", "consistent")
          .containsEntry("mariadb-snapshot-jobs/pitr", "no");
      assertThat(metadata.getAnnotations())
          .containsEntry("mariadb-snapshot-jobs/pitr-reason", "binlog-off: log_bin=OFF")
          .containsEntry("mariadb-snapshot-jobs/gtid-binlog-pos", "")
          .doesNotContainKey("mariadb-snapshot-jobs/binlog-file");
    }
  }

  /// A plan is made of what is in the bucket, and cannot ask the server.
  @Test
  void recordsWhichTablesAReplayCannotFollow() throws Exception {
    try (ProtectedShop shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1")) {
      shop.on(
          shop.pod(),
          "CREATE DATABASE shop",
          "CREATE TABLE shop.orders (id INT)",
          "CREATE TABLE shop.sessions (id INT) ENGINE=MEMORY");

      ProtectedShop.Ended ended = shop.run();

      assertThat(shop.snapshot(ended.snapshotName()).orElseThrow().getMetadata().getAnnotations())
          .containsEntry(
              "mariadb-snapshot-jobs/not-replayed",
              "1 table of engine MEMORY, such as shop.sessions");
    }
  }

  @Test
  void recordsAPositionOfMoreDomainsThanALabelCouldHold() throws Exception {
    try (ProtectedShop shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1")) {
      List<String> statements =
          new ArrayList<>(List.of("CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT)"));
      for (int domain = 1; domain <= 12; domain++) {
        statements.add("SET SESSION gtid_domain_id = " + (4_000_000_000L + domain));
        statements.add("SET SESSION server_id = " + (domain + 1));
        statements.add("INSERT INTO shop.orders VALUES (" + domain + ")");
      }
      shop.on(shop.pod(), statements.toArray(String[]::new));

      ProtectedShop.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      String recorded =
          shop.snapshot(ended.snapshotName())
              .orElseThrow()
              .getMetadata()
              .getAnnotations()
              .get("mariadb-snapshot-jobs/gtid-binlog-pos");
      assertThat(GtidPosition.parse(String.valueOf(recorded)).byDomain()).hasSize(13);
      assertThat(recorded).hasSizeGreaterThan(63);
    }
  }

  @Test
  void leavesOutWhatIsNotCommittedAndIsNotHeldOffByIt() throws Exception {
    try (ProtectedShop shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1");
        Connection open = shop.pod().server().connect("");
        Statement statement = open.createStatement()) {
      shop.on(
          shop.pod(),
          "CREATE DATABASE shop",
          "CREATE TABLE shop.orders (id INT) ENGINE=InnoDB",
          "INSERT INTO shop.orders VALUES (1)");
      statement.execute("BEGIN");
      statement.execute("INSERT INTO shop.orders VALUES (2)");

      ProtectedShop.Ended ended = shop.run("--lock-wait", "1s", "--lock-attempts", "1");

      statement.execute("COMMIT");
      assertThat(ended.exit()).as(ended.err()).isZero();
      try (MariaDbServer restored =
              shop.sandbox.restoreServer("shop", ended.snapshotName(), "--log-bin=mysql-bin");
          Connection connection = restored.connect("");
          Statement asking = connection.createStatement();
          ResultSet row = asking.executeQuery("SELECT GROUP_CONCAT(id) FROM shop.orders")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("1");
      }
    }
  }

  /// A limit of such engines, on the live server as well as in a copy of it; the run warns of it.
  @Test
  void cannotLeaveOutWhatAnOpenTransactionWroteToATableWithoutRollback() throws Exception {
    try (ProtectedShop shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1");
        Connection open = shop.pod().server().connect("");
        Statement statement = open.createStatement()) {
      shop.on(
          shop.pod(),
          "CREATE DATABASE shop",
          "CREATE TABLE shop.orders (id INT) ENGINE=InnoDB",
          "CREATE TABLE shop.cache (id INT) ENGINE=Aria");
      statement.execute("BEGIN");
      statement.execute("INSERT INTO shop.orders VALUES (1)");
      statement.execute("INSERT INTO shop.cache VALUES (1)");

      ProtectedShop.Ended ended = shop.run();

      statement.execute("COMMIT");
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.outcome().path("warnings").toString()).contains("tables-without-rollback");
      try (MariaDbServer restored =
              shop.sandbox.restoreServer("shop", ended.snapshotName(), "--log-bin=mysql-bin");
          Connection connection = restored.connect("");
          Statement asking = connection.createStatement();
          ResultSet row =
              asking.executeQuery(
                  "SELECT (SELECT COUNT(*) FROM shop.orders), (SELECT COUNT(*) FROM shop.cache)")) {
        row.next();
        assertThat(row.getInt(1)).isZero();
        assertThat(row.getInt(2)).isEqualTo(1);
      }
    }
  }

  @Test
  void waitsForADatabaseThatIsNotThere() throws Exception {
    try (ProtectedShop shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1")) {
      shop.sandbox.client().apps().statefulSets().inNamespace("shop").withName("mariadb").scale(0);
      shop.sandbox
          .client()
          .pods()
          .inNamespace("shop")
          .withName("mariadb-0")
          .waitUntilCondition(pod -> pod == null, 30, TimeUnit.SECONDS);

      ProtectedShop.Ended ended = shop.run(Map.of(), new StopSignal());

      assertThat(ended.exit()).as("a retry may help").isEqualTo(1);
      assertThat(ended.reason()).isEqualTo("pod-missing");
      assertThat(ended.message()).contains("there is no pod mariadb-0");
    }
  }
}
