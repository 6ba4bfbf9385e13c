package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.ApiRequest;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.SqlTap;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Locks that are lost, not granted, or wanted by two: never a snapshot called consistent that is
/// not, and never commits that wait for longer than their budget.
class LostLockTest {
  private static final String CREATION = "/volumesnapshots$";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @BeforeAll
  static void open() throws Exception {
    shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1");
    shop.createClass("late", "Delete", Map.of("snapshotDelaySeconds", "2"));
    shop.createClass("later", "Delete", Map.of("snapshotDelaySeconds", "5"));
    shop.on(
        shop.pod(),
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, n INT)",
        "INSERT INTO shop.orders (n) VALUES (1), (2), (3)");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void repair() {
    shop.sandbox.faults().clear();
  }

  @Test
  void isNotConsistentWhenTheSessionIsKilledWhileItHoldsTheLock() throws Exception {
    shop.sandbox.faults().add(Hook.after("POST", CREATION, LostLockTest::killTheLocksSession));

    ProtectedShop.Ended ended = run("later");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("lock-lost");
    assertAbortedAndUnlocked(ended);
  }

  /// Between the cut and its proof: the storage has done all it should.
  @Test
  void isNotConsistentWhenTheSessionIsKilledAfterTheCutWasMade() throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      AttackPoint.PROVING.arm(shop.sandbox.faults(), tap, LostLockTest::killTheLocksSession);

      ProtectedShop.Ended ended = run("sandbox", tap);

      assertThat(ended.exit()).isEqualTo(4);
      assertThat(ended.verdict()).isEqualTo("crash-consistent");
      assertThat(ended.message()).contains("no longer answered");
      assertThat(ended.outcome().path("positions").isEmpty()).as("no position to trust").isTrue();
    }
  }

  @Test
  void isNotConsistentAndBlocksNobodyForLongWhenTheNetworkIsCut() throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      CompletableFuture<Long> cutAt = new CompletableFuture<>();
      shop.sandbox
          .faults()
          .add(
              Hook.after(
                  "POST",
                  CREATION,
                  () -> {
                    tap.cut();
                    cutAt.complete(System.nanoTime());
                  }));
      CompletableFuture<ProtectedShop.Ended> run =
          aside(() -> run("late", tap, "--max-hold", "4s"));
      long cut = cutAt.get(60, TimeUnit.SECONDS);

      shop.on(shop.pod(), "INSERT INTO shop.orders (n) VALUES (4)");

      assertThat(Duration.ofNanos(System.nanoTime() - cut))
          .as("the server ends the silent session")
          .isLessThan(Duration.ofSeconds(7));
      ProtectedShop.Ended ended = run.get(90, TimeUnit.SECONDS);
      assertThat(ended.exit()).as(ended.err()).isIn(1, 4);
      assertThat(ended.verdict()).isIn("aborted", "crash-consistent");
      assertThat(ended.outcome().path("positions").isEmpty()).isTrue();
    }
  }

  @Test
  void isNotConsistentWhenTheServerRestartsWhileItHoldsTheLock() throws Exception {
    shop.sandbox
        .faults()
        .add(Hook.after("POST", CREATION, () -> restarted(shop.sandbox.restart(shop.pod()))));

    ProtectedShop.Ended ended = run("later");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("lock-lost");
    assertAbortedAndUnlocked(ended);
    ProtectedShop.Ended next = run("sandbox");
    assertThat(next.exit()).as(next.err()).isZero();
  }

  private static void restarted(DatabasePod pod) {
    shop.pods.set(0, pod);
  }

  @Test
  void givesUpBehindALongStatementWithinItsBudgetAndLeavesNothing() throws Exception {
    Set<String> before = shop.snapshotUids();
    try (Connection other = shop.pod().server().connect("shop");
        Statement slow = other.createStatement()) {
      CompletableFuture<Void> ddl = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  slow.execute("CREATE TABLE copied AS SELECT SLEEP(60) AS zzz");
                  ddl.complete(null);
                } catch (SQLException e) {
                  ddl.completeExceptionally(e);
                }
              });
      while (shop.ask(
              "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'CREATE TABLE%'")
          .isEmpty()) {
        Thread.onSpinWait();
      }
      long begun = System.nanoTime();

      CompletableFuture<ProtectedShop.Ended> run =
          aside(() -> run("sandbox", "--lock-wait", "1s", "--lock-attempts", "2"));
      Duration longest = longestCommitWhile(run);

      ProtectedShop.Ended ended = run.join();
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.reason()).isEqualTo("lock-not-acquired");
      assertThat(ended.message())
          .contains("CREATE TABLE copied AS SELECT SLEEP(?)")
          .contains("2 attempts");
      assertThat(ended.outcome().path("warnings").toString()).contains("tables-unseen");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
      assertThat(longest).as("a commit meanwhile").isLessThan(Duration.ofSeconds(1));
      assertThat(shop.snapshotUids()).isSubsetOf(before);
      slow.cancel();
      assertThat(ddl.handle((done, failure) -> failure).get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  /// Not in the common pool, whose only thread on a small machine the Kubernetes client needs.
  private static CompletableFuture<ProtectedShop.Ended> aside(Supplier<ProtectedShop.Ended> run) {
    return CompletableFuture.supplyAsync(run, task -> Thread.ofPlatform().start(task));
  }

  private static Duration longestCommitWhile(CompletableFuture<?> run) throws SQLException {
    long longest = 0;
    try (Connection connection = shop.pod().server().connect("shop");
        Statement statement = connection.createStatement()) {
      while (!run.isDone()) {
        long sent = System.nanoTime();
        statement.execute("INSERT INTO orders (n) VALUES (5)");
        longest = Math.max(longest, System.nanoTime() - sent);
      }
    }
    return Duration.ofNanos(longest);
  }

  @Test
  void letsTwoRunsLockOneAfterTheOther() {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      Map<String, String> settings = settings("late", tap);
      JobProcess first = shop.start(settings);
      JobProcess second = shop.start(settings);

      assertThat(first.awaitExit(Duration.ofSeconds(90))).as(first.stderr()).isZero();
      assertThat(second.awaitExit(Duration.ofSeconds(90))).as(second.stderr()).isZero();
      List<String> locks = new ArrayList<>();
      int[] holder = new int[1];
      for (SqlTap.Statement statement : tap.statements()) {
        if (statement.sql().equals("BACKUP STAGE BLOCK_COMMIT")) {
          locks.add("lock");
          holder[0] = statement.connection();
        } else if (statement.sql().equals("BACKUP STAGE END")
            && statement.connection() == holder[0]) {
          locks.add("unlock");
        }
      }
      assertThat(locks).containsExactly("lock", "unlock", "lock", "unlock");
    }
  }

  /// The process is frozen after its proof and before it can write it down; meanwhile its Lease has
  /// expired and another run has cleaned up.
  @Test
  void doesNotSpeakWhenItWakesUpAfterItsLeaseHasExpired() throws Exception {
    JobProcess[] sleeper = new JobProcess[1];
    CompletableFuture<String> asleep = new CompletableFuture<>();
    shop.sandbox
        .faults()
        .add(
            Hook.before(
                "GET",
                "/volumesnapshotcontents/snapcontent-0",
                () -> {
                  signal("-STOP", sleeper[0]);
                  asleep.complete(shop.nameInLastWatch());
                }));
    sleeper[0] = shop.start(Map.of());
    String left = asleep.get(60, TimeUnit.SECONDS);
    expireLeases();

    ProtectedShop.Ended other = run("sandbox");
    int before = shop.sandbox.requests().size();
    signal("-CONT", sleeper[0]);
    int exit = sleeper[0].awaitExit(Duration.ofSeconds(60));

    assertThat(other.exit()).as(other.err()).isZero();
    assertThat(exit).as(sleeper[0].stderr()).isEqualTo(1);
    assertThat(sleeper[0].terminationMessage()).contains("\"reason\":\"lease-lost\"");
    List<ApiRequest> requests = shop.sandbox.requests();
    assertThat(requests.subList(before, requests.size()))
        .as("what it still changes")
        .filteredOn(request -> request.verb().matches("PATCH|PUT|DELETE"))
        .isEmpty();
    shop.awaitGone(left);
    assertThat(shop.snapshot(other.snapshotName())).as("what the other run made").isPresent();
  }

  private static void expireLeases() {
    shop.sandbox
        .client()
        .leases()
        .inNamespace("shop")
        .withName("mariadb-snapshot-jobs.shop")
        .edit(
            lease -> {
              lease.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC).minusHours(1));
              return lease;
            });
  }

  private static void signal(String signal, JobProcess process) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void killTheLocksSession() {
    try {
      // The session of the lock is the older one of the run's two.
      shop.on(
          shop.pod(),
          "KILL "
              + shop.ask("SELECT MIN(id) FROM information_schema.processlist WHERE user = 'jobs'"));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertAbortedAndUnlocked(ProtectedShop.Ended ended) throws SQLException {
    assertThat(ended.verdict()).isEqualTo("aborted");
    assertThat(shop.isUnlocked()).isTrue();
    shop.awaitGone(ended.snapshotName());
  }

  private static Map<String, String> settings(String snapshotClass, SqlTap tap) {
    return Map.of(
        "VOLUME_SNAPSHOT_CLASS", snapshotClass, "MARIADB_PORT", Integer.toString(tap.port()));
  }

  private static ProtectedShop.Ended run(String snapshotClass, SqlTap tap, String... args) {
    return shop.run(settings(snapshotClass, tap), new StopSignal(), args);
  }

  private static ProtectedShop.Ended run(String snapshotClass, String... args) {
    return shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", snapshotClass), new StopSignal(), args);
  }
}
