package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Mode `none`: when it is enough, and when it is refused.
class WithoutLockTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @BeforeAll
  static void open() throws Exception {
    shop =
        ProtectedShop.open(
            "--log-bin=mysql-bin",
            "--server-id=1",
            "--sync-binlog=1",
            "--innodb-flush-log-at-trx-commit=1");
    shop.createClass("fails-first", "Delete", Map.of("failFirst", "1"));
    shop.createClass("never", "Delete", Map.of("failSnapshot", "true"));
    shop.on(
        shop.pod(),
        "CREATE DATABASE shop",
        "CREATE DATABASE hidden",
        "CREATE TABLE shop.orders (id INT PRIMARY KEY) ENGINE=InnoDB",
        "CREATE USER lockless@'%' IDENTIFIED BY 'hidden'",
        "GRANT BINLOG MONITOR, PROCESS, REFERENCES ON *.* TO lockless@'%'");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void putBack() throws Exception {
    shop.sandbox.faults().clear();
    shop.on(shop.pod(), "DROP TABLE IF EXISTS hidden.cache", "SET GLOBAL sync_binlog = 1");
  }

  @Test
  void locksNothingAndNeedsNoRightToLock() throws Exception {
    ProtectedShop.Ended ended =
        shop.run(
            Map.of(
                "SNAPSHOT_MODE", "none", "MARIADB_USER", "lockless", "MARIADB_PASSWORD", "hidden"),
            new StopSignal());

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.reason()).isEqualTo("snapshot-crash-consistent");
    var metadata = shop.snapshot(ended.snapshotName()).orElseThrow().getMetadata();
    assertThat(metadata.getLabels())
        .containsEntry("mariadb-snapshot-jobs/state", "crash-consistent")
        .containsEntry("mariadb-snapshot-jobs/pitr", "yes");
    assertThat(metadata.getAnnotations())
        .containsEntry("mariadb-snapshot-jobs/mode", "none")
        .doesNotContainKeys(
            "mariadb-snapshot-jobs/gtid-binlog-pos", "mariadb-snapshot-jobs/lock-acquired-at");
  }

  @Test
  void isRefusedWhereATableIsNotInnoDb() throws Exception {
    shop.on(shop.pod(), "CREATE TABLE hidden.cache (id INT) ENGINE=MyISAM");

    ProtectedShop.Ended ended = shop.run("--snapshot-mode", "none");

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("other-engines");
    assertThat(ended.message()).contains("1 table of engine MyISAM, such as hidden.cache");
  }

  /// information_schema hides what an account has no right on, and the table would not be seen.
  @Test
  void isRefusedToAnAccountThatCannotSeeAllTables() throws Exception {
    shop.on(
        shop.pod(),
        "CREATE TABLE hidden.cache (id INT) ENGINE=MyISAM",
        "CREATE OR REPLACE USER blind@'%' IDENTIFIED BY 'hidden'",
        "GRANT RELOAD, BINLOG MONITOR, PROCESS ON *.* TO blind@'%'");

    ProtectedShop.Ended ended =
        shop.run(
            Map.of("SNAPSHOT_MODE", "none", "MARIADB_USER", "blind", "MARIADB_PASSWORD", "hidden"),
            new StopSignal());

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.message()).contains("lacks REFERENCES").doesNotContain("MyISAM");
  }

  @Test
  void isRefusedWhereCommitsAreNotSynced() throws Exception {
    shop.on(shop.pod(), "SET GLOBAL sync_binlog = 0");

    ProtectedShop.Ended ended = shop.run("--snapshot-mode", "none");

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("not-durable");
    assertThat(ended.message()).contains("sync_binlog=0");
  }

  @Test
  void removesACopyOfAServerThatChangedWhileItWasCut() {
    Set<String> before = shop.snapshotUids();
    shop.sandbox
        .faults()
        .add(
            Hook.after(
                "POST",
                "/volumesnapshots$",
                () -> {
                  try {
                    shop.on(shop.pod(), "CREATE TABLE hidden.cache (id INT) ENGINE=Aria");
                  } catch (SQLException e) {
                    throw new AssertionError(e);
                  }
                }));

    ProtectedShop.Ended ended = shop.run("--snapshot-mode", "none");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("lock-needed");
    assertThat(ended.message()).contains("hidden.cache");
    assertThat(shop.snapshotUids()).isSubsetOf(before);
  }

  @Test
  void waitsForTheStorageToSucceedWhereNobodyWaitsForIt() {
    ProtectedShop.Ended ended =
        shop.run(
            Map.of("SNAPSHOT_MODE", "none", "VOLUME_SNAPSHOT_CLASS", "fails-first"),
            new StopSignal());

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("crash-consistent");
  }

  @Test
  void givesUpInTheEndAndLeavesNothing() {
    Set<String> before = shop.snapshotUids();

    ProtectedShop.Ended ended =
        shop.run(
            Map.of(
                "SNAPSHOT_MODE", "none", "VOLUME_SNAPSHOT_CLASS", "never", "READY_TIMEOUT", "3s"),
            new StopSignal());

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-not-seen");
    assertThat(ended.message()).contains("the storage says:");
    assertThat(shop.snapshotUids()).isSubsetOf(before);
  }

  @Test
  void cannotBeRequiredToBeConsistent() {
    ProtectedShop.Ended ended = shop.run("--snapshot-mode", "none", "--require-consistent");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("--require-consistent").contains("SNAPSHOT_MODE=none");
  }

  @Test
  void showsInItsPlanThatNothingIsLocked() {
    ProtectedShop.Ended ended = shop.run("--snapshot-mode", "none", "--dry-run");

    assertThat(ended.out()).contains("mode       none").contains("limits     ready 2h");
  }
}
