package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.SnapshotCrds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Drivers that misbehave, and clusters in which something is missing.
class StorageFaultsTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @BeforeAll
  static void open() throws Exception {
    shop = ProtectedShop.open("--log-bin=mysql-bin", "--server-id=1");
    driver("fails-first", Map.of("failFirst", "1"));
    driver("never-cut", Map.of("neverCut", "true"));
    driver("never-ready", Map.of("neverReady", "true"));
    driver("ready-first", Map.of("readyBeforeCreationTime", "true"));
    driver("error-after-cut", Map.of("errorAfterCut", "true", "readyDelaySeconds", "1"));
    driver("binds-to-another", Map.of("bindsToAnother", "true"));
    driver("no-handle", Map.of("noHandle", "true"));
    driver("ready-late", Map.of("readyDelaySeconds", "2"));
    driver("ready-much-later", Map.of("readyDelaySeconds", "30"));
    shop.createClass("late", "Retain", Map.of("snapshotDelaySeconds", "3"));
    shop.createClass("bound-late", "Retain", Map.of("contentDelaySeconds", "2"));
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void repair() {
    shop.sandbox.faults().clear();
  }

  private static void driver(String name, Map<String, String> parameters) {
    shop.createClass(name, "Delete", parameters);
  }

  @Test
  void doesNotWaitUnderTheLockForASecondAttemptOfTheStorage() throws Exception {
    Set<String> before = shop.snapshotUids();

    ProtectedShop.Ended ended = run("fails-first");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-failed");
    assertThat(ended.message()).contains("the storage says:");
    assertThat(ended.phase("hold")).isLessThan(1.0);
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(shop.snapshotUids()).isSubsetOf(before);
  }

  @Test
  void letsGoOfADriverThatNeverAnswersAndTakesTheNextOneAllTheSame() throws Exception {
    ProtectedShop.Ended ended = run("never-cut", "--max-hold", "2s");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-not-seen");
    assertThat(ended.message()).contains("the driver's snapshotter has not reported a cut");
    assertThat(ended.phase("hold")).isBetween(1.9, 3.5);
    assertThat(shop.isUnlocked()).isTrue();
    assertThat(state(ended.snapshotName())).isEqualTo("aborted");
    assertThat(ended.outcome().path("warnings").toString()).contains("still being deleted");
    ProtectedShop.Ended next = run("sandbox");
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(next.outcome().path("warnings").toString())
        .as("it says so again, and is not held up by it")
        .contains(ended.snapshotName());
  }

  @Test
  void keepsWhatIsNeverReadyAndSaysSo() {
    ProtectedShop.Ended ended = run("never-ready", "--ready-timeout", "1s");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("ready-deadline");
    assertThat(state(ended.snapshotName())).isEqualTo("consistent");
  }

  /// The storage is not called back, and what it makes of the request counts for nothing.
  @Test
  void neverTrustsACutThatCameAfterItHadGivenUp() throws Exception {
    ProtectedShop.Ended ended = run("late", "--max-hold", "1s");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-not-seen");
    assertThat(shop.snapshot(ended.snapshotName()).map(StorageFaultsTest::state))
        .as("gone, or on its way")
        .isIn(Optional.empty(), Optional.of("aborted"));
    shop.awaitGone(ended.snapshotName());
    assertThat(shop.contents())
        .as("a content under Retain is freed as well")
        .noneMatch(content -> "late".equals(content.get("spec", "volumeSnapshotClassName")));
  }

  /// Seen on a real API: the controller was about to make the content when the VolumeSnapshot was
  /// removed, and under Retain nobody would have freed the storage ever again.
  @Test
  void leavesNoContentBehindThatIsMadeWhileItGivesUp() throws Exception {
    ProtectedShop.Ended ended = run("bound-late", "--max-hold", "1s");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("cut-not-seen");
    shop.awaitGone(ended.snapshotName());
    assertThat(shop.contents())
        .noneMatch(content -> "bound-late".equals(content.get("spec", "volumeSnapshotClassName")));
  }

  @Test
  void waitsForTheCutWhenADriverIsReadyBeforeIt() {
    ProtectedShop.Ended ended = run("ready-first");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("consistent");
    assertThat(ended.phase("cut")).isGreaterThan(0.9);
  }

  @Test
  void isNotIrritatedByAnErrorBesideACut() {
    ProtectedShop.Ended ended = run("error-after-cut");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("consistent");
  }

  @Test
  void doesNotTakeAContentOfAnotherForItsOwn() throws Exception {
    ProtectedShop.Ended ended = run("binds-to-another");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.message()).contains("is not bound to VolumeSnapshot");
    assertThat(shop.isUnlocked()).isTrue();
    shop.awaitGone(ended.snapshotName());
  }

  @Test
  void callsASnapshotWithoutAHandleCrashConsistentAtMost() {
    ProtectedShop.Ended kept = run("no-handle", "--ready-timeout", "1s");
    ProtectedShop.Ended removed = run("no-handle", "--require-consistent");

    assertThat(kept.exit()).as(kept.err()).isEqualTo(4);
    assertThat(kept.reason()).isEqualTo("lock-not-proven");
    assertThat(kept.message()).contains("no snapshotHandle");
    assertThat(state(kept.snapshotName())).isEqualTo("crash-consistent");
    assertThat(removed.exit()).isEqualTo(1);
    assertThat(removed.reason()).isEqualTo("lock-not-proven");
    assertThat(removed.message()).contains("REQUIRE_CONSISTENT");
    assertThat(shop.snapshot(removed.snapshotName()).map(StorageFaultsTest::state))
        .isIn(Optional.empty(), Optional.of("aborted"));
  }

  @Test
  void holdsTheLockUntilReadyWhereADriverNeedsThat() {
    ProtectedShop.Ended ended = run("ready-late", "--release-at", "ready");
    ProtectedShop.Ended tooLong =
        run("ready-much-later", "--release-at", "ready", "--max-hold", "4s");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("consistent");
    assertThat(ended.phase("hold")).isGreaterThan(1.9);
    assertThat(tooLong.exit()).isEqualTo(1);
    assertThat(tooLong.reason()).isEqualTo("cut-not-seen");
    assertThat(tooLong.message()).contains("RELEASE_AT=cut");
  }

  @Test
  void waitsUntilTheStorageTakesAnotherSnapshotOfTheVolume() {
    ProtectedShop.Ended first = run("sandbox");
    ProtectedShop.Ended planned = run("sandbox", "--min-interval", "4s", "--dry-run");
    ProtectedShop.Ended second = run("sandbox", "--min-interval", "4s");

    assertThat(first.exit()).isZero();
    assertThat(planned.out()).contains("not before 2");
    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(second.phase("interval")).isPositive();
    assertThat(second.err()).contains("\"not_before\":\"2");
  }

  @Test
  void doesNotLockWhenSomebodyElseWasFaster() {
    shop.sandbox
        .faults()
        .add(
            Hook.before(
                "POST|PUT",
                "/leases",
                () -> assertThat(run("sandbox", "--instance", "other").exit()).isZero()));

    ProtectedShop.Ended ended = run("sandbox", "--min-interval", "5s");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("too-soon");
    assertThat(ended.message()).contains("the next snapshot of data-mariadb-0 at 2");
    assertThat(ended.outcome().path("phases").has("acquire")).isFalse();
  }

  @Test
  void saysThatNoSnapshotControllerRuns() throws Exception {
    shop.sandbox.snapshotController().stop();
    ProtectedShop.Ended ended;
    try {
      ended = run("sandbox", "--max-hold", "1s");
    } finally {
      shop.sandbox.snapshotController().start();
    }

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.message()).contains("no snapshot controller has touched it");
    assertThat(shop.isUnlocked()).isTrue();
    shop.awaitGone(ended.snapshotName());
  }

  @Test
  void saysThatNoSnapshotterRuns() throws Exception {
    shop.sandbox.snapshotter().stop();
    ProtectedShop.Ended ended;
    try {
      ended = run("sandbox", "--max-hold", "1s");
    } finally {
      shop.sandbox.snapshotter().start();
    }

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.message()).contains("the driver's snapshotter has not reported a cut");
    assertThat(shop.isUnlocked()).isTrue();
    shop.awaitGone(ended.snapshotName());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V1")
  void refusesAClusterWithoutTheApi(SnapshotCrds crds) {
    shop.sandbox.serve(crds);
    ProtectedShop.Ended ended;
    try {
      ended = run("sandbox");
    } finally {
      shop.sandbox.serve(SnapshotCrds.V1);
    }

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("api-not-served");
    assertThat(ended.nextStep()).contains("install the VolumeSnapshot CRDs");
  }

  @Test
  void refusesAClassThatDoesNotExistOrIsNotClear() {
    ProtectedShop.Ended unknown = run("no-such-class");
    Map<String, String> unnamed = new HashMap<>(Map.of("VOLUME_SNAPSHOT_CLASS", ""));
    ProtectedShop.Ended unclear = shop.run(unnamed, new StopSignal());

    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.reason()).isEqualTo("class-unknown");
    assertThat(unknown.nextStep()).contains("set VOLUME_SNAPSHOT_CLASS to one of: ");
    assertThat(unclear.exit()).isEqualTo(2);
    assertThat(unclear.reason()).isEqualTo("class-unclear");
    assertThat(unclear.message()).contains("0 of them marked as default");
  }

  @Test
  void refusesToChooseBetweenTwoDefaultClasses() {
    shop.markDefault("sandbox", true);
    shop.markDefault("late", true);
    ProtectedShop.Ended ended;
    try {
      ended = shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", ""), new StopSignal());
    } finally {
      shop.markDefault("sandbox", false);
      shop.markDefault("late", false);
    }

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message()).contains("2 of them marked as default");
  }

  private static ProtectedShop.Ended run(String snapshotClass, String... args) {
    return shop.run(Map.of("VOLUME_SNAPSHOT_CLASS", snapshotClass), new StopSignal(), args);
  }

  private static String state(String name) {
    return state(shop.snapshot(name).orElseThrow());
  }

  private static String state(GenericKubernetesResource snapshot) {
    return String.valueOf(snapshot.getMetadata().getLabels().get("mariadb-snapshot-jobs/state"));
  }
}
