package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.Hook;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An API that fails or is slow, and others who use it at the same time.
class ApiFaultsTest {
  private static final String CREATION = "/volumesnapshots$";

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @BeforeAll
  static void open() throws Exception {
    shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1");
    shop.createClass("late", "Delete", Map.of("snapshotDelaySeconds", "3"));
    shop.createClass("ready-late", "Delete", Map.of("readyDelaySeconds", "3"));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void repair() {
    shop.sandbox.faults().clear();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 409, 410, 422, 429, 500, 503})
  void endsTheLockAtOnceWhenTheCreationIsNotCarriedOut(int status) throws Exception {
    Set<String> before = shop.snapshotUids();
    shop.sandbox
        .faults()
        .add(
            FaultRule.answer("POST", CREATION, status).always().retryAfter(Duration.ofSeconds(20)));

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.message()).contains("creating VolumeSnapshot").contains("HTTP " + status);
    assertThat(ended.phase("hold")).as("no repetition, no Retry-After").isLessThan(1.0);
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(shop.snapshotUids()).isSubsetOf(before);
  }

  @Test
  void removesWhatItMadeWithoutLearningOfIt() throws Exception {
    Set<String> before = shop.snapshotUids();
    shop.sandbox.faults().add(FaultRule.loseAnswer("POST", CREATION));

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.message()).contains("no answer from the API");
    assertThat(ended.phase("hold")).isLessThan(1.0);
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(shop.snapshotUids()).isSubsetOf(before);
  }

  /// What a proxy makes of it that repeats a request: the answer that arrives is to the second one.
  @Test
  void recognisesItsOwnObjectWhenTheCreationArrivesTwice() {
    shop.sandbox.faults().add(FaultRule.arriveTwice("POST", CREATION));

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("consistent");
  }

  @Test
  void leavesAnObjectOfAnotherRunUnderItsNameAlone() {
    GenericKubernetesResource[] other = new GenericKubernetesResource[1];
    shop.sandbox
        .faults()
        .add(
            Hook.before(
                "POST",
                CREATION,
                () -> other[0] = shop.createSnapshot(shop.nameInLastWatch(), "late")));

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("name-taken");
    assertThat(shop.snapshot(other[0].getMetadata().getName()).orElseThrow().getMetadata().getUid())
        .isEqualTo(other[0].getMetadata().getUid());
  }

  /// The creation arrives when the run that asked for it has long ended, and the next one removes
  /// what came of it.
  @Test
  void doesNotHoldTheLockForASlowApiForLongerThanItMay() throws Exception {
    shop.sandbox.faults().add(FaultRule.delay("POST", CREATION, Duration.ofSeconds(12)));

    ProtectedShop.Ended ended = run("sandbox", "--max-hold", "2s");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.verdict()).isNotEqualTo("consistent");
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(ended.phase("hold")).isLessThan(7.0);
    String late = shop.nameInLastWatch();
    shop.awaitThere(late);
    assertThat(shop.run().verdict()).isEqualTo("consistent");
    shop.awaitGone(late);
  }

  @Test
  void seesTheCutByItsWatchWhenReadsFail() {
    shop.sandbox.faults().add(FaultRule.answer("GET", "/volumesnapshots/shop-", 500).times(4));

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("consistent");
  }

  /// The existing watch goes on; everything else is gone, for as long as the run lives.
  @Test
  void recordsNoProofThatItCannotWriteDownAndTheNextRunCleansUp() throws Exception {
    shop.sandbox
        .faults()
        .add(
            Hook.after(
                "POST",
                CREATION,
                () -> shop.sandbox.faults().add(FaultRule.drop(".*", ".*").always())));

    ProtectedShop.Ended ended = shop.run();

    shop.sandbox.faults().clear();
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cluster-unreachable");
    assertThat(ended.phase("hold")).isLessThan(5.0);
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(shop.snapshot(ended.snapshotName()).orElseThrow().getMetadata().getLabels())
        .containsEntry("mariadb-snapshot-jobs/state", "pending");
    shop.sandbox.client().leases().inNamespace("shop").delete();
    ProtectedShop.Ended next = shop.run();
    assertThat(next.exit()).as(next.err()).isZero();
    shop.awaitGone(ended.snapshotName());
  }

  @Test
  void noticesThatSomebodyDeletedItWhileTheCutWasAwaited() throws Exception {
    shop.sandbox
        .faults()
        .add(Hook.after("POST", CREATION, () -> shop.deleteSnapshot(shop.nameInLastWatch())));

    ProtectedShop.Ended ended = run("late");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("snapshot-gone");
    assertThat(ended.phase("hold")).isLessThan(2.0);
    assertThat(shop.isUnlocked()).isTrue();
  }

  @Test
  void doesNotTakeAnObjectOfTheSameNameForItsOwn() throws Exception {
    GenericKubernetesResource[] other = new GenericKubernetesResource[1];
    shop.sandbox.snapshotController().stop(); // so that no finalizer holds up the exchange
    shop.sandbox
        .faults()
        .add(
            Hook.after(
                "POST",
                CREATION,
                () -> {
                  String name = shop.nameInLastWatch();
                  shop.deleteSnapshot(name);
                  other[0] = shop.createSnapshot(name, "sandbox");
                  shop.sandbox.snapshotController().start();
                }));

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("snapshot-gone");
    assertThat(shop.isUnlocked()).isTrue();
    GenericKubernetesResource left = shop.snapshot(ended.snapshotName()).orElseThrow();
    assertThat(left.getMetadata().getUid()).isEqualTo(other[0].getMetadata().getUid());
    assertThat(left.getMetadata().getLabels()).isNullOrEmpty();
  }

  @Test
  void noticesThatSomebodyDeletedItWhileItBecameReady() {
    // Once it is marked: the first attempt to do so may meet the controller's own writing.
    shop.sandbox
        .faults()
        .add(
            Hook.after(
                    "PATCH",
                    "/volumesnapshots/",
                    () ->
                        shop.snapshot(shop.nameInLastWatch())
                            .filter(
                                found ->
                                    "consistent"
                                        .equals(
                                            found
                                                .getMetadata()
                                                .getLabels()
                                                .get("mariadb-snapshot-jobs/state")))
                            .ifPresent(found -> shop.deleteSnapshot(found.getMetadata().getName())))
                .always());

    ProtectedShop.Ended ended = run("ready-late");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("snapshot-gone");
    assertThat(ended.verdict()).isEqualTo("gone");
  }

  private static ProtectedShop.Ended run(String snapshotClass, String... args) {
    return shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", snapshotClass), new StopSignal(), args);
  }
}
