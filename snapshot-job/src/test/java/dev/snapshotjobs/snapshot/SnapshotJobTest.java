package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.MariaDbServer;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Whole runs on one server.
class SnapshotJobTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @BeforeAll
  static void open() throws Exception {
    shop = ProtectedShop.open(2, "--log-bin=mysql-bin", "--server-id=1");
    shop.createClass("late", "Delete", Map.of("snapshotDelaySeconds", "8"));
    shop.on(
        shop.pod(),
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT PRIMARY KEY)",
        "INSERT INTO shop.orders VALUES (1), (2), (3)");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  void recordsWhatItProvedOnTheSnapshotAndItsContent() throws Exception {
    String before = shop.ask("SELECT @@gtid_binlog_pos");

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.reason()).isEqualTo("snapshot-consistent");
    GenericKubernetesResource snapshot = shop.snapshot(ended.snapshotName()).orElseThrow();
    assertThat(snapshot.getMetadata().getLabels())
        .containsEntry("mariadb-snapshot-jobs/instance", "shop")
        .containsEntry("mariadb-snapshot-jobs/state", "consistent")
        .containsEntry("mariadb-snapshot-jobs/type", "manual")
        .containsEntry("mariadb-snapshot-jobs/pitr", "yes")
        .containsEntry("app", "mariadb");
    assertThat(snapshot.getMetadata().getAnnotations())
        .containsEntry("mariadb-snapshot-jobs/format", "1")
        .containsEntry("mariadb-snapshot-jobs/gtid-binlog-pos", before)
        .containsEntry("mariadb-snapshot-jobs/mode", "backup-stage")
        .containsKeys(
            "mariadb-snapshot-jobs/gtid-current-pos",
            "mariadb-snapshot-jobs/binlog-file",
            "mariadb-snapshot-jobs/binlog-offset",
            "mariadb-snapshot-jobs/run-id",
            "mariadb-snapshot-jobs/slot",
            "mariadb-snapshot-jobs/server-version",
            "mariadb-snapshot-jobs/server-image",
            "mariadb-snapshot-jobs/server-settings",
            "mariadb-snapshot-jobs/lock-acquired-at",
            "mariadb-snapshot-jobs/cut-seen-at",
            "mariadb-snapshot-jobs/released-at");
    assertThat(shop.contents())
        .filteredOn(
            content ->
                ended.snapshotName().equals(content.get("spec", "volumeSnapshotRef", "name")))
        .singleElement()
        .satisfies(
            content -> {
              assertThat(content.getMetadata().getLabels())
                  .containsEntry("mariadb-snapshot-jobs/state", "consistent");
              assertThat(content.getMetadata().getAnnotations())
                  .containsEntry("mariadb-snapshot-jobs/gtid-binlog-pos", before);
            });
  }

  @Test
  void addsNoTransactionOfItsOwn() throws Exception {
    String before = shop.ask("SELECT @@gtid_binlog_pos");

    assertThat(shop.run().exit()).isZero();

    assertThat(shop.ask("SELECT @@gtid_binlog_pos")).isEqualTo(before);
  }

  @Test
  void flushesBothLogsOnTheLocksConnectionBetweenBlockCommitAndTheCreation() throws Exception {
    Path log = Files.createTempDirectory("general-log").resolve("general.log");
    shop.on(
        shop.pod(),
        "SET GLOBAL log_output = 'FILE'",
        "SET GLOBAL general_log_file = 'general.log'",
        "SET GLOBAL general_log = ON");
    ProtectedShop.Ended ended;
    try {
      ended = shop.run();
    } finally {
      shop.on(shop.pod(), "SET GLOBAL general_log = OFF");
      Files.copy(shop.pod().server().dataDir().resolve("general.log"), log);
    }

    assertThat(ended.exit()).as(ended.err()).isZero();
    List<GeneralLog.Entry> lock =
        GeneralLog.read(log).connectionThatRan("BACKUP STAGE BLOCK_COMMIT");
    assertThat(lock)
        .extracting(GeneralLog.Entry::statement)
        .filteredOn(sql -> sql.startsWith("BACKUP") || sql.startsWith("FLUSH"))
        .containsExactly(
            "BACKUP STAGE START",
            "BACKUP STAGE FLUSH",
            "BACKUP STAGE BLOCK_DDL",
            "BACKUP STAGE BLOCK_COMMIT",
            "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS",
            "FLUSH BINARY LOGS",
            "BACKUP STAGE END");
    // The position is read after the flush that rotates, and travels in the request that creates
    // the snapshot: so a position at the beginning of the new log proves that both came before it.
    String rotatedTo = shop.ask("SHOW BINLOG STATUS");
    assertThat(ended.position("binlog_file")).isEqualTo(rotatedTo);
    assertThat(Integer.parseInt(ended.position("binlog_offset"))).isLessThan(1000);
  }

  @Test
  void namesEachMissingGrant() throws Exception {
    shop.on(
        shop.pod(),
        "CREATE USER poor@'%' IDENTIFIED BY 'hidden'",
        "GRANT RELOAD ON *.* TO poor@'%'");

    ProtectedShop.Ended ended =
        shop.run(Map.of("MARIADB_USER", "poor", "MARIADB_PASSWORD", "hidden"), new StopSignal());

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("grant-missing");
    assertThat(ended.nextStep())
        .isEqualTo(
            "GRANT BINLOG MONITOR ON *.* TO 'poor'@'%'; GRANT PROCESS ON *.* TO 'poor'@'%';"
                + " GRANT REFERENCES ON *.* TO 'poor'@'%'");
  }

  @Test
  void refusesAHostThatIsNotThePod() {
    ProtectedShop.Ended ended =
        shop.run(Map.of("MARIADB_HOST", shop.pods.get(1).address()), new StopSignal());

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("wrong-server");
  }

  @Test
  void tellsARefusalOnTheStatefulSet() {
    shop.run(Map.of("PVC_NAME", "another-claim"), new StopSignal());

    assertThat(shop.sandbox.client().v1().events().inNamespace("shop").list().getItems())
        .anySatisfy(
            event -> {
              assertThat(event.getReason()).isEqualTo("ClaimDiffers");
              assertThat(event.getInvolvedObject().getKind()).isEqualTo("StatefulSet");
              assertThat(event.getInvolvedObject().getUid()).isNotEmpty();
            });
  }

  @Test
  void saysWhichFileItCannotRead() {
    ProtectedShop.Ended ended = shop.run(Map.of("KUBECONFIG", "/no/such/file"), new StopSignal());

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message()).isEqualTo("KUBECONFIG: '/no/such/file' cannot be read");
  }

  @Test
  void showsItsPlanAsJson() {
    ProtectedShop.Ended ended = shop.run("--dry-run", "--output", "json");

    assertThat(JsonMapper.shared().readTree(ended.out()).path("claim").asString())
        .isEqualTo("data-mariadb-0");
  }

  @Test
  void acceptsAHostThatIsThePod() {
    assumeTrue(shop.sandbox.hostnamesAreReal(), "this user cannot give servers hostnames");

    ProtectedShop.Ended ended =
        shop.run(Map.of("MARIADB_HOST", shop.pod().address()), new StopSignal());

    assertThat(ended.exit()).as(ended.err()).isZero();
  }

  @Test
  void saysThatTheAccountIsRefused() {
    ProtectedShop.Ended ended =
        shop.run(Map.of("MARIADB_PASSWORD", "wrong-password"), new StopSignal());

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.reason()).isEqualTo("access-denied");
    assertThat(ended.err()).doesNotContain("wrong-password");
  }

  @Test
  void showsItsPlanAndTouchesNothingInADryRun() {
    int before = shop.sandbox.requests().size();
    Set<String> snapshots = shop.snapshotUids();

    ProtectedShop.Ended ended = shop.run("--dry-run");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out())
        .contains("instance   shop")
        .contains("claim      data-mariadb-0")
        .contains("snapshot   shop-");
    assertThat(shop.snapshotUids()).isSubsetOf(snapshots);
    assertThat(shop.sandbox.requests().subList(before, shop.sandbox.requests().size()))
        .allMatch(request -> request.verb().equals("GET"));
  }

  @Test
  void learnsWhatTheApiRefusesBeforeItLocks() {
    shop.sandbox
        .faults()
        .add(FaultRule.answer("POST", "/volumesnapshots\\?.*dryRun", 403).always());
    try {
      ProtectedShop.Ended ended = shop.run();

      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.reason()).isEqualTo("cluster-unreachable");
      assertThat(ended.message()).contains("rehearsing").contains("HTTP 403");
      assertThat(ended.outcome().path("phases").has("acquire")).as("the lock was tried").isFalse();
    } finally {
      shop.sandbox.faults().clear();
    }
  }

  @Test
  void tellsTheOutcomeAsAnEventOnTheSnapshot() {
    ProtectedShop.Ended ended = shop.run();

    List<Event> events = shop.sandbox.client().v1().events().inNamespace("shop").list().getItems();
    assertThat(events)
        .filteredOn(event -> event.getInvolvedObject().getName().equals(ended.snapshotName()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getInvolvedObject().getUid())
                  .isEqualTo(
                      shop.snapshot(ended.snapshotName()).orElseThrow().getMetadata().getUid());
              assertThat(event.getReason()).isEqualTo("SnapshotConsistent");
              assertThat(event.getType()).isEqualTo("Normal");
            });
  }

  @Test
  void letsCommitsGoOnAtOnceWhenTheStorageReportsAnError() throws Exception {
    Set<String> before = shop.snapshotUids();

    ProtectedShop.Ended ended =
        shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", "sandbox-failing"), new StopSignal());

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-failed");
    assertThat(ended.message()).contains("the storage says:");
    assertThat(ended.outcome().path("phases").path("hold").asDouble()).isLessThan(5.0);
    assertThat(ended.outcome().path("positions").isEmpty()).as("no position to trust").isTrue();
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(shop.snapshotUids()).isSubsetOf(before);
    assertThat(shop.sandbox.client().v1().events().inNamespace("shop").list().getItems())
        .as("told where somebody looks, since the VolumeSnapshot is gone")
        .filteredOn(event -> event.getReason().equals("CutFailed"))
        .extracting(event -> event.getInvolvedObject().getKind())
        .containsOnly("StatefulSet");
  }

  @Test
  void letsCommitsGoOnWhenTheStorageNeedsLongerThanTheyMayWait() throws Exception {
    Set<String> before = shop.snapshotUids();

    ProtectedShop.Ended ended =
        shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", "late", "MAX_HOLD", "2s"), new StopSignal());

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-not-seen");
    assertThat(ended.outcome().path("phases").path("hold").asDouble()).isBetween(2.0, 3.5);
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(shop.snapshotUids()).isSubsetOf(before);
  }

  @Test
  void doesNotBlockCommitsForLongerThanItMayWhenItsProcessFreezes() throws Exception {
    var process = shop.start(Map.of("VOLUME_SNAPSHOT_CLASS", "late", "MAX_HOLD", "4s"));
    awaitPending();
    new ProcessBuilder("sh", "-c", "kill -STOP " + process.pid()).start().waitFor();
    long frozen = System.nanoTime();
    try {
      shop.on(shop.pod(), "CREATE TABLE IF NOT EXISTS shop.after_freeze (id INT)");

      assertThat(Duration.ofNanos(System.nanoTime() - frozen)).isLessThan(Duration.ofSeconds(7));
    } finally {
      new ProcessBuilder("sh", "-c", "kill -CONT " + process.pid()).start().waitFor();
    }
    assertThat(process.awaitExit(Duration.ofSeconds(30))).as(process.stderr()).isEqualTo(1);
    assertThat(process.terminationMessage()).contains("\"verdict\":\"aborted\"");
  }

  @Test
  void holdsTheLockOnlyUntilTheCutAndNotUntilReady() {
    ProtectedShop.Ended ended =
        shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", "sandbox-slow"), new StopSignal());

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.outcome().path("phases").path("hold").asDouble()).isLessThan(3.0);
    assertThat(ended.outcome().path("phases").path("ready").asDouble()).isGreaterThan(3.0);
  }

  @Test
  void keepsAConsistentSnapshotThatIsNotReadyInTimeAndTheNextRunOfTheSlotSeesItThrough() {
    shop.createJob("mariadb-snapshot-29400000", Instant.parse("2026-01-02T02:00:00Z"));
    Map<String, String> slow =
        Map.of(
            "VOLUME_SNAPSHOT_CLASS", "sandbox-slow",
            "JOB_NAME", "mariadb-snapshot-29400000",
            "READY_TIMEOUT", "1s");

    ProtectedShop.Ended first = shop.run(slow, new StopSignal());
    ProtectedShop.Ended second = shop.run(slow, new StopSignal(), "--ready-timeout", "30s");

    assertThat(first.exit()).as(first.err()).isEqualTo(4);
    assertThat(first.reason()).isEqualTo("ready-deadline");
    assertThat(first.snapshotName()).isEqualTo("shop-20260102-020000");
    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(second.snapshotName()).isEqualTo(first.snapshotName());
    assertThat(shop.snapshot(first.snapshotName()).orElseThrow().getMetadata().getLabels())
        .containsEntry("mariadb-snapshot-jobs/type", "scheduled");
  }

  @Test
  void removesWhatADeadRunLeftPending() throws Exception {
    var process =
        shop.start(Map.of("VOLUME_SNAPSHOT_CLASS", "late", "MAX_HOLD", "60s", "DEADLINE", "4h"));
    String left = awaitPending();
    process.kill();
    process.awaitExit(Duration.ofSeconds(10));
    assertThat(shop.isUnlocked()).as("the server frees the lock of a killed job").isTrue();

    // The dead run's Lease is of no use to anybody; waiting for its expiry is another test.
    shop.sandbox.client().leases().inNamespace("shop").delete();
    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.snapshot(left)).as("what the dead run left").isEmpty();
  }

  @Test
  void unlocksFirstAndLeavesNothingWhenItIsTerminated() throws Exception {
    var process =
        shop.start(Map.of("VOLUME_SNAPSHOT_CLASS", "late", "MAX_HOLD", "60s", "DEADLINE", "4h"));
    String name = awaitPending();

    process.terminate();

    assertThat(process.awaitExit(Duration.ofSeconds(30))).as(process.stderr()).isEqualTo(143);
    assertThat(shop.isUnlocked()).isTrue();
    // The storage still has the request; whatever comes of it is marked, and goes.
    assertThat(shop.snapshot(name).stream())
        .allSatisfy(
            snapshot ->
                assertThat(snapshot.getMetadata().getLabels())
                    .containsEntry("mariadb-snapshot-jobs/state", "aborted"));
    shop.awaitGone(name);
    assertThat(process.terminationMessage()).contains("\"exit\":143").contains(name);
    assertThat(shop.leaseHolders()).as("Leases not given back").isEmpty();
  }

  @Test
  void failsWithTheHolderWhenAnotherRunHasTheLease() throws Exception {
    var process =
        shop.start(Map.of("VOLUME_SNAPSHOT_CLASS", "late", "MAX_HOLD", "60s", "DEADLINE", "4h"));
    awaitPending();
    try {
      ProtectedShop.Ended ended = shop.run(Map.of("LEASE_WAIT", "1s"), new StopSignal());

      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.reason()).isEqualTo("lease-busy");
      assertThat(ended.message()).contains(shop.leaseHolders().getFirst());
    } finally {
      process.terminate();
      process.awaitExit(Duration.ofSeconds(30));
    }
  }

  @Test
  void givesUpWithoutTouchingAnythingWhenTheLockIsNotGranted() throws Exception {
    Set<String> before = shop.snapshotUids();
    try (Connection blocker = shop.pod().server().connect("");
        Statement statement = blocker.createStatement()) {
      statement.execute("BACKUP STAGE START");

      ProtectedShop.Ended ended =
          shop.run(Map.of("LOCK_WAIT", "1s", "LOCK_ATTEMPTS", "2"), new StopSignal());

      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.reason()).isEqualTo("lock-not-acquired");
      assertThat(ended.message())
          .contains("BACKUP STAGE START")
          .contains("idle session")
          .contains("2 attempts");
      assertThat(shop.snapshotUids()).as("created nothing").isSubsetOf(before);
      statement.execute("BACKUP STAGE END");
    }
  }

  @Test
  void printsTheSecretNowhere() throws Exception {
    var process = shop.start(Map.of("LOG_FORMAT", "json"));
    String commandLine = process.visibleCommandLine();
    assertThat(process.awaitExit(Duration.ofSeconds(60))).as(process.stderr()).isZero();
    ProtectedShop.Ended refused =
        shop.run(Map.of("MARIADB_USER", "nobody-knows"), new StopSignal());

    String escaped = ProtectedShop.PASSWORD.replace("\\", "\\\\").replace("\"", "\\\"");
    String events =
        shop.sandbox.client().v1().events().inNamespace("shop").list().getItems().toString();
    for (String secret : List.of(ProtectedShop.PASSWORD, escaped)) {
      assertThat(commandLine).doesNotContain(secret);
      assertThat(process.stdout() + process.stderr() + process.terminationMessage())
          .doesNotContain(secret);
      assertThat(refused.out() + refused.err() + refused.outcome()).doesNotContain(secret);
      assertThat(events + shop.snapshots() + shop.contents()).doesNotContain(secret);
    }
  }

  @Test
  void writesOneJsonObjectPerLine() {
    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines())
        .isNotEmpty()
        .allSatisfy(line -> assertThat(JsonMapper.shared().readTree(line).isObject()).isTrue());
  }

  @Test
  void isWhatARestoreNeeds() throws Exception {
    ProtectedShop.Ended ended = shop.run();

    try (MariaDbServer restored = shop.sandbox.restoreServer("shop", ended.snapshotName());
        Connection connection = restored.connect("shop");
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(3);
    }
  }

  private static String awaitPending() throws Exception {
    return shop.awaitState("pending").getMetadata().getName();
  }
}
