package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.ApiRequest;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.SqlTap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs that are stopped, cut off and killed at each of their steps. Whatever happens when: no lock
/// stays, nothing is called consistent that was not proven, what was proven survives, and the next
/// pod of the same Job ends with exactly one snapshot of its slot.
class AttackTest {
  private static final Instant FIRST_SLOT = Instant.parse("2026-03-01T02:00:00Z");
  private static final String STATE = "mariadb-snapshot-jobs/state";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  private static int slots;

  private final AtomicBoolean reached = new AtomicBoolean();
  private String jobName = "";
  private Instant slot = FIRST_SLOT;

  @BeforeAll
  static void open() throws Exception {
    // Durable, so that mode none is allowed.
    shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1", "--sync-binlog=1");
    shop.createClass("late", "Delete", Map.of("snapshotDelaySeconds", "1.2"));
    shop.createClass("late-ready", "Delete", Map.of("readyDelaySeconds", "1"));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void forget() {
    shop.sandbox.faults().clear();
    shop.sandbox.client().leases().inNamespace("shop").delete();
  }

  @Test
  void knowsEveryStepThatChangesSomething() throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      int before = shop.sandbox.requests().size();
      aJob();

      assertThat(run(tap, new StopSignal(), "sandbox").exit()).isZero();

      List<ApiRequest> requests = shop.sandbox.requests();
      assertThat(requests.subList(before, requests.size()))
          .filteredOn(request -> !request.verb().matches("GET|WATCH"))
          .filteredOn(request -> !request.userAgent().equals("sandbox-client"))
          .allSatisfy(
              request ->
                  assertThat(AttackPoint.values())
                      .anyMatch(point -> point.matchesRequest(request.verb(), request.path())));
      assertThat(tap.statements())
          .filteredOn(statement -> statement.sql().matches("(BACKUP|FLUSH|UNLOCK) .*"))
          .isNotEmpty()
          .allSatisfy(
              statement ->
                  assertThat(AttackPoint.values())
                      .anyMatch(point -> point.matchesStatement(statement.sql())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void isStoppedThere(AttackPoint point) throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      StopSignal stop = new StopSignal();
      aJob();
      point.arm(
          shop.sandbox.faults(),
          tap,
          () -> {
            reached.set(true);
            stop.request(StopSignal.Cause.SIGNAL);
          },
          () -> happened(point, "consistent"));

      ProtectedShop.Ended ended = run(tap, stop, classFor(point));

      assertReached(point);
      shop.sandbox.faults().clear();
      // What comes after the conclusion is not undone by a stop.
      int expected = point == AttackPoint.TELLING_THE_EVENT ? 0 : 143;
      assertThat(ended.exit()).as(ended.err()).isEqualTo(expected);
      assertThat(shop.isUnlocked()).as("unlocked").isTrue();
      if (!point.isNotBefore(AttackPoint.AFTER_STAGE_END)) {
        assertThat(ofThisSlot("consistent")).as("proven under a lock that was ended").isEmpty();
      }
      assertThat(ofThisSlot("pending")).as("left pending").isEmpty();
      assertThat(shop.leaseHolders()).as("Leases not given back").isEmpty();
      assertNextPodConverges(tap);
    }
  }

  /// As good as SIGKILL, and in this process: from that step on nothing that the run does reaches
  /// anybody, and its connections are gone.
  @ParameterizedTest
  @EnumSource
  void isCutOffThere(AttackPoint point) throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      aJob();
      point.arm(shop.sandbox.faults(), tap, () -> cutOff(tap), () -> happened(point, "consistent"));

      run(tap, new StopSignal(), classFor(point));

      assertReached(point);
      assertAfterItsDeath(point, tap);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "AFTER_TAKING_THE_LEASE",
        "BEFORE_BLOCK_DDL",
        "AFTER_BLOCK_COMMIT",
        "BEFORE_CREATING",
        "AFTER_CREATING",
        "BEFORE_STAGE_END",
        "BEFORE_MARKING",
        "AFTER_MARKING",
        "AWAITING_READY"
      })
  void isKilledThere(AttackPoint point) throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      aJob();
      JobProcess[] process = new JobProcess[1];
      point.arm(
          shop.sandbox.faults(),
          tap,
          () -> {
            reached.set(true);
            process[0].kill();
            process[0].awaitExit(Duration.ofSeconds(10));
            if (point.holdsBackARequest()) { // it died before it sent this
              shop.sandbox.faults().add(FaultRule.drop(".*", ".*"));
            }
          },
          () -> happened(point, "consistent"));

      process[0] = shop.start(settings(tap, classFor(point)));

      assertThat(process[0].awaitExit(Duration.ofSeconds(60))).isEqualTo(137);
      assertReached(point);
      assertAfterItsDeath(point, tap);
    }
  }

  private void cutOff(SqlTap tap) {
    reached.set(true);
    shop.sandbox.faults().add(FaultRule.answer(".*", ".*", 403).always());
    tap.reset();
  }

  /// The steps after the creation are the same in all modes; what came of it is not.
  @ParameterizedTest
  @CsvSource({
    "flush-tables, consistent,       AFTER_CREATING",
    "flush-tables, consistent,       BEFORE_MARKING",
    "flush-tables, consistent,       AFTER_MARKING",
    "none,         crash-consistent, AFTER_CREATING",
    "none,         crash-consistent, BEFORE_MARKING",
    "none,         crash-consistent, AFTER_MARKING"
  })
  void isCutOffThereInAnotherMode(String mode, String made, AttackPoint point) throws Exception {
    try (SqlTap tap = SqlTap.of(shop.pod().server())) {
      aJob();
      Map<String, String> settings = new HashMap<>(settings(tap, "sandbox"));
      settings.put("SNAPSHOT_MODE", mode);
      point.arm(shop.sandbox.faults(), tap, () -> cutOff(tap), () -> happened(point, made));

      ProtectedShop.Ended ended = shop.run(settings, new StopSignal());

      assertReached(point);
      shop.sandbox.faults().clear();
      assertThat(shop.isUnlocked()).isTrue();
      assertThat(ofThisSlot(made))
          .as(ended.err())
          .hasSize(point == AttackPoint.AFTER_MARKING ? 1 : 0);
      shop.sandbox.client().leases().inNamespace("shop").delete();
      ProtectedShop.Ended next = shop.run(settings, new StopSignal());
      assertThat(next.exit()).as(next.err()).isZero();
      assertThat(next.verdict()).isEqualTo(made);
      assertOnlyWhatWasMadeIsLeft(made);
    }
  }

  private void assertAfterItsDeath(AttackPoint point, SqlTap tap) throws Exception {
    assertThat(shop.isUnlocked()).as("unlocked by the server").isTrue();
    shop.sandbox.faults().clear();
    List<GenericKubernetesResource> consistent = ofThisSlot("consistent");
    if (point.isNotBefore(AttackPoint.AFTER_MARKING)) {
      assertThat(consistent).as("what was proven").hasSize(1);
    } else {
      assertThat(consistent).as("nobody recorded a proof").isEmpty();
    }
    // The dead run's Lease is of no use to anybody; that it expires is another test.
    shop.sandbox.client().leases().inNamespace("shop").delete();
    assertNextPodConverges(tap);
    consistent.forEach(
        proven ->
            assertThat(ofThisSlot("consistent"))
                .extracting(snapshot -> snapshot.getMetadata().getUid())
                .contains(proven.getMetadata().getUid()));
  }

  private void assertNextPodConverges(SqlTap tap) {
    ProtectedShop.Ended next = run(tap, new StopSignal(), "sandbox");

    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(next.verdict()).isEqualTo("consistent");
    assertOnlyWhatWasMadeIsLeft("consistent");
    assertThat(shop.leaseHolders()).isEmpty();
  }

  /// Also so that the next test's run finds nothing to remove, which would be a step of its own.
  private void assertOnlyWhatWasMadeIsLeft(String state) {
    assertThat(ofThisSlot(state)).as("snapshots of the slot").hasSize(1);
    assertThat(ofThisSlot("pending")).isEmpty();
    for (GenericKubernetesResource aborted : ofThisSlot("aborted")) {
      shop.awaitGone(aborted.getMetadata().getName());
    }
  }

  /// The mark may meet the controller's own writing, and be tried again.
  private boolean happened(AttackPoint point, String state) {
    return point != AttackPoint.AFTER_MARKING || !ofThisSlot(state).isEmpty();
  }

  private void assertReached(AttackPoint point) {
    assertThat(reached).as("the run got to " + point).isTrue();
  }

  private static String classFor(AttackPoint point) {
    return switch (point) {
      case AWAITING_THE_CUT -> "late";
      case AWAITING_READY -> "late-ready";
      default -> "sandbox";
    };
  }

  private ProtectedShop.Ended run(SqlTap tap, StopSignal stop, String snapshotClass) {
    return shop.run(settings(tap, snapshotClass), stop);
  }

  private Map<String, String> settings(SqlTap tap, String snapshotClass) {
    return Map.of(
        "MARIADB_PORT", Integer.toString(tap.port()),
        "JOB_NAME", jobName,
        "VOLUME_SNAPSHOT_CLASS", snapshotClass);
  }

  /// The Job whose pods the runs of one test are.
  private void aJob() {
    slot = FIRST_SLOT.plus(Duration.ofHours(slots++));
    jobName = "mariadb-snapshot-" + slot.getEpochSecond();
    shop.createJob(jobName, slot);
  }

  private List<GenericKubernetesResource> ofThisSlot(String... states) {
    return shop.snapshots().stream()
        .filter(
            snapshot ->
                slot.toString()
                    .equals(
                        snapshot.getMetadata().getAnnotations().get("mariadb-snapshot-jobs/slot")))
        .filter(
            snapshot ->
                Arrays.asList(states).contains(snapshot.getMetadata().getLabels().get(STATE)))
        .toList();
  }
}
