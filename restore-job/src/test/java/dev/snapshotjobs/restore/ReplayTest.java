package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.S3FaultRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

  /// A shop with one base, and logs behind it.
  private static Path shopWithOrders(ArchivedShop shop) throws Exception {
    shop.server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT PRIMARY KEY)");
    shop.server.run("INSERT INTO orders VALUES (1)");
    Path copy = shop.copy("shop-monday");
    for (int order = 2; order < 60; order++) {
      shop.server.run("INSERT INTO orders VALUES (" + order + ")");
    }
    return copy;
  }

  /// The end of the archive is in a log that has no transaction yet.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsWhereALogHasJustBegun(boolean written) throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy;
      if (written) {
        copy = shopWithOrders(shop);
        shop.server.run("FLUSH BINARY LOGS");
      } else {
        shop.server.run("CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY)");
        copy = shop.copy("shop-monday");
      }
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        assertThat(pod.inspect().exit()).isZero();
        pod.start();

        ArchivedShop.Ended replayed = pod.replay();

        assertThat(replayed.exit()).as(replayed.err()).isZero();
        assertThat(rows(pod.putInService(), "SELECT COUNT(*) FROM shop.orders"))
            .containsExactly(written ? "59" : "0");
      }
    }
  }

  /// The server of the restore writes transactions of its own, and so does the old primary: they
  /// have nothing to do with each other, and whoever has followed the one must not follow the
  /// other.
  @Test
  void isRefusedByAReplicaOfTheOldPrimary() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.server.run("GRANT REPLICATION SLAVE ON *.* TO archiver@'%'");
      shop.archive();
      String id = shop.plan("--to-latest");
      shop.server.run("DROP TABLE orders");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id);
          MariaDbServer replica =
              MariaDbServer.start(
                  MariaDbServer.Spec.of(
                      Files.createTempDirectory("replica"), "replica", List.of("--server-id=2")))) {
        pod.restore();
        follow(replica, shop.server.server());
        await(replica, shop.server.ask("SELECT @@gtid_binlog_pos"));

        MariaDbServer restored = pod.putInService();
        execute(restored, "INSERT INTO shop.orders VALUES (1000)");
        follow(replica, restored);

        assertThat(lastError(replica)).contains("1236", "GTID");
        assertThat(rows(replica, "SHOW TABLES FROM shop")).isEmpty();
      }
    }
  }

  private static void follow(MariaDbServer replica, MariaDbServer primary) throws Exception {
    execute(replica, "STOP SLAVE");
    execute(
        replica,
        "CHANGE MASTER TO master_host = '%s', master_port = %d, master_user = 'archiver', master_password = 's3cret', master_use_gtid = slave_pos, master_ssl_verify_server_cert = 0, master_ssl = 0"
            .formatted(primary.address(), primary.port()));
    execute(replica, "START SLAVE");
  }

  private static void await(MariaDbServer replica, String position) throws Exception {
    assertThat(rows(replica, "SELECT MASTER_GTID_WAIT('" + position + "', 30)"))
        .containsExactly("0");
  }

  /// Waits until the replica says what is wrong.
  private static String lastError(MariaDbServer replica) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    try (Connection connection = replica.connect("");
        Statement statement = connection.createStatement()) {
      while (System.nanoTime() < deadline) {
        try (ResultSet row = statement.executeQuery("SHOW SLAVE STATUS")) {
          if (row.next() && row.getInt("Last_IO_Errno") != 0) {
            return row.getInt("Last_IO_Errno") + " " + row.getString("Last_IO_Error");
          }
        }
      }
    }
    return "";
  }

  private static void execute(MariaDbServer server, String sql) throws Exception {
    try (Connection connection = server.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Each is stopped a little later than the one before it, wherever that is; the next one goes on
  /// where the server is, temporary tables and all.
  @Test
  void goesOnAfterItWasStopped() throws Exception {
    Random random = new Random(8);
    try (ArchivedShop shop = new ArchivedShop("--binlog-format=STATEMENT")) {
      Path copy = shopWithOrders(shop);
      shop.server.run("CREATE TEMPORARY TABLE t (id INT)", "INSERT INTO t VALUES (500), (501)");
      for (int order = 60; order < 400; order++) {
        shop.server.run("INSERT INTO orders VALUES (" + order + ")");
      }
      shop.server.run("INSERT INTO orders SELECT id FROM t");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        assertThat(pod.inspect().exit()).isZero();
        pod.start();
        int stopped = 0;
        ArchivedShop.Ended ended;
        do {
          StopSignal stop = new StopSignal();
          CompletableFuture.delayedExecutor(
                  30L * stopped + random.nextInt(60), TimeUnit.MILLISECONDS)
              .execute(() -> stop.request(StopSignal.Cause.SIGNAL));
          ended = pod.replay(stop, "--batch-size", "4Ki");
          assertThat(ended.exit()).as(ended.err()).isIn(0, 143);
          stopped++;
        } while (ended.exit() != 0);

        assertThat(stopped).isGreaterThan(3);
        MariaDbServer restored = pod.putInService();
        assertThat(rows(restored, "SELECT COUNT(*) FROM shop.orders")).containsExactly("401");
      }
    }
  }

  @Test
  void neverGoesOnWhereTheServerHasDied() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        assertThat(pod.inspect().exit()).isZero();
        MariaDbServer server = pod.start();
        StopSignal stop = new StopSignal();
        shop.s3.faults().add(Hook.before(".*", "zst", () -> stop.request(StopSignal.Cause.SIGNAL)));
        assertThat(pod.replay(stop).exit()).isEqualTo(143);
        shop.s3.faults().clear();
        server.kill();
        pod.start();

        ArchivedShop.Ended replayed = pod.replay();
        ArchivedShop.Ended inspected = pod.inspect();

        assertThat(replayed.exit()).as(replayed.err()).isEqualTo(1);
        assertThat(replayed.outcome().path("reason").asString()).isEqualTo("server-died");
        assertThat(inspected.exit()).isEqualTo(1);
        assertThat(inspected.outcome().path("reason").asString()).isEqualTo("copy-begun");
      }
    }
  }

  @Test
  void refusesACopyThatIsNotWhatTheSnapshotSays() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      shop.server.run(
          "CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT PRIMARY KEY)");
      shop.snapshot("shop-monday");
      shop.server.run("INSERT INTO orders VALUES (1)");
      Path late = shop.copyOnly();
      shop.server.run("INSERT INTO orders VALUES (2)");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, late, "--restore-id", id)) {
        ArchivedShop.Ended refused = pod.inspect();
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.message()).contains("its data end at");

        assertThat(pod.inspect("--accept-recovered-position").exit()).isZero();
        pod.start();
        ArchivedShop.Ended replayed = pod.replay();
        assertThat(replayed.exit()).as(replayed.err()).isZero();
        assertThat(rows(pod.putInService(), "SELECT id FROM shop.orders ORDER BY 1"))
            .containsExactly("1", "2");
      }
    }
  }

  @Test
  void leavesOutTablesWhoseRowsAreNotInTheData() throws Exception {
    try (ArchivedShop shop = new ArchivedShop("--binlog-format=ROW")) {
      shop.server.run(
          "CREATE DATABASE shop",
          "USE shop",
          "CREATE TABLE sessions (id INT PRIMARY KEY, n INT) ENGINE=MEMORY",
          "CREATE TABLE orders (id INT PRIMARY KEY)",
          "INSERT INTO sessions VALUES (1, 1)");
      Path copy = shop.copy("shop-monday");
      shop.server.run("UPDATE sessions SET n = 2", "INSERT INTO orders VALUES (1)");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        ArchivedShop.Ended replayed = pod.restore();
        assertThat(replayed.outcome().path("warnings").toString()).contains("shop.sessions");
        MariaDbServer restored = pod.putInService();
        assertThat(rows(restored, "SELECT id FROM shop.orders")).containsExactly("1");
        assertThat(rows(restored, "SELECT id FROM shop.sessions")).isEmpty();
      }
    }
  }

  /// The server of a restore shall go on ignoring no table that is another one.
  @Test
  void refusesToLeaveOutATableThatBecomesAnotherOne() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      shop.server.run(
          "CREATE DATABASE shop", "USE shop", "CREATE TABLE sessions (id INT) ENGINE=MEMORY");
      Path copy = shop.copy("shop-monday");
      shop.server.run("ALTER TABLE sessions ENGINE=InnoDB", "INSERT INTO sessions VALUES (1)");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        assertThat(pod.inspect().exit()).isZero();
        pod.start();
        ArchivedShop.Ended refused = pod.replay();
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.message()).contains("shop.sessions");
      }
    }
  }

  /// Its numbers jump, and it is no gap.
  @Test
  void isArchivedAsAForkOfTheOldHistory() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        pod.restore();
        MariaDbServer restored = pod.putInService();
        execute(restored, "INSERT INTO shop.orders VALUES (1000)");

        ArchivedShop.Ended opened = shop.archive(restored);

        assertThat(opened.exit()).as(opened.err()).isEqualTo(4);
        assertThat(opened.message()).contains("restored");
        JsonNode timeline =
            JsonMapper.shared().readTree(shop.objects().get("shop/binlogs/0002/timeline.json"));
        assertThat(timeline.path("reason").asString()).isEqualTo("fork");
        assertThat(timeline.path("continuity").asString()).isEqualTo("proven");
        assertThat(timeline.path("parent").path("timeline").asString()).isEqualTo("0001");
        assertThat(shop.archive(restored).exit()).isZero();
      }
    }
  }

  /// The server has forgotten by then what it has applied, and would apply it again.
  @Test
  void appliesNothingTwiceWhenItDiesWhileItFinishes() throws Exception {
    try (ArchivedShop shop = new ArchivedShop("--binlog-format=STATEMENT")) {
      shop.server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT)");
      Path copy = shop.copy("shop-monday");
      shop.server.run("INSERT INTO orders VALUES (1)", "INSERT INTO orders VALUES (2)");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        assertThat(pod.inspect().exit()).isZero();
        pod.start();
        shop.s3
            .faults()
            .add(S3FaultRule.answer("PutObject", "history", 403, "AccessDenied").always());
        ArchivedShop.Ended died = pod.replay();
        assertThat(died.exit()).as(died.err()).isNotZero();
        shop.s3.faults().clear();

        ArchivedShop.Ended ended = pod.replay();

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(rows(pod.putInService(), "SELECT id FROM shop.orders"))
            .containsExactly("1", "2");
      }
    }
  }

  /// A server that was restored once has the marker of that restore, and so have its snapshots.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void restoresWhatWasRestoredBefore(boolean underTheSameName) throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.archive();
      String id = shop.plan("--to-latest");
      Files.write(
          copy.resolve("mariadb-snapshot-jobs-restore.json"),
          new CopyMarker(
                  underTheSameName ? id : "other",
                  "uid-of-another-snapshot",
                  CopyMarker.State.READY,
                  Instant.EPOCH,
                  "0-1-1",
                  "0-1-1",
                  "x")
              .json());
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        pod.restore();
        assertThat(rows(pod.putInService(), "SELECT COUNT(*) FROM shop.orders"))
            .containsExactly("59");
      }
    }
  }

  /// The source allows what a server with a binary log does not allow by itself.
  @Test
  void makesAFunctionThatIsNotSaidToBeDeterministic() throws Exception {
    try (ArchivedShop shop = new ArchivedShop("--log-bin-trust-function-creators=1")) {
      Path copy = shopWithOrders(shop);
      shop.server.run(
          "CREATE FUNCTION ordered(n INT) RETURNS INT MODIFIES SQL DATA"
              + " BEGIN INSERT INTO orders VALUES (n); RETURN n; END",
          "DO ordered(1000)");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        pod.restore();
        assertThat(rows(pod.putInService(), "SELECT COUNT(*) FROM shop.orders"))
            .containsExactly("60");
      }
    }
  }

  @Test
  void endsWhereADistributedTransactionIsPrepared() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.server.run(
          "XA START 'open'",
          "INSERT INTO orders VALUES (1000)",
          "XA END 'open'",
          "XA PREPARE 'open'");
      String prepared = shop.server.ask("SELECT @@gtid_binlog_pos");
      shop.server.run("XA COMMIT 'open'");
      shop.archive();
      String id = shop.plan("--to-gtid", prepared);
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        pod.restore("--batch-size", "4Ki");
        MariaDbServer restored = pod.putInService();
        assertThat(rows(restored, "SELECT COUNT(*) FROM shop.orders WHERE id = 1000"))
            .containsExactly("0");
        execute(restored, "XA COMMIT 'open'");
        assertThat(rows(restored, "SELECT COUNT(*) FROM shop.orders WHERE id = 1000"))
            .containsExactly("1");
      }
    }
  }

  /// The second half of the ALTER is left out, so nothing of it takes place.
  @Test
  void endsWhereAnAlterHasBegun() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.server.run("SET SESSION binlog_alter_two_phase = 1");
      shop.server.run("ALTER TABLE orders ADD COLUMN n INT, FORCE");
      String ended = shop.server.ask("SELECT @@gtid_binlog_pos");
      shop.archive();
      String id = shop.plan("--before-gtid", ended);
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        pod.restore();
        MariaDbServer restored = pod.putInService();
        assertThat(rows(restored, "SHOW COLUMNS FROM shop.orders")).containsExactly("id");
      }
    }
  }

  @Test
  void clonesWithoutReplay() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      Path copy = shopWithOrders(shop);
      shop.archive();
      try (RestorePod pod = new RestorePod(shop, copy, "--clone-of", "shop-monday")) {
        assertThat(pod.inspect())
            .satisfies(ended -> assertThat(ended.exit()).as(ended.err()).isZero());
        pod.start();
        ArchivedShop.Ended cloned = pod.replay();
        assertThat(cloned.exit()).as(cloned.err()).isZero();
        assertThat(pod.replay().exit()).isZero(); // is ready already
        MariaDbServer restored = pod.putInService();
        assertThat(rows(restored, "SELECT id FROM shop.orders")).containsExactly("1");
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
