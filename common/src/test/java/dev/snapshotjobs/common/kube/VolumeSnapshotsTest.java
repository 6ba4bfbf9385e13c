package dev.snapshotjobs.common.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.kube.VolumeSnapshots.ChangedMeanwhileException;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VolumeSnapshotsTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets them before each test
  private static Sandbox sandbox;

  @SuppressWarnings("NullAway.Init")
  private static Cluster cluster;

  @SuppressWarnings("NullAway.Init")
  private static VolumeSnapshots snapshots;

  @BeforeAll
  static void start() {
    sandbox = Sandbox.start();
    sandbox.deployMariaDb(MariaDbDeployment.standard());
    cluster = Cluster.connect(Optional.of(sandbox.kubeconfig().toString()));
    snapshots = cluster.volumeSnapshots("shop");
  }

  @AfterAll
  static void stop() {
    cluster.close();
    sandbox.close();
  }

  @Test
  void followsASnapshotFromItsCutToReady() throws Exception {
    VolumeSnapshot created = create("followed", "sandbox");
    assertThat(created.isCut()).isFalse();

    VolumeSnapshot cut = await("followed", VolumeSnapshot::isCut);
    VolumeSnapshot ready = await("followed", snapshot -> snapshot.status().readyToUse());

    assertThat(cut.uid()).isEqualTo(created.uid());
    VolumeSnapshotContent content =
        snapshots.findContent(String.valueOf(ready.status().boundContentName())).orElseThrow();
    assertThat(content.isBoundTo(ready)).isTrue();
    assertThat(content.snapshotHandle()).isNotNull();
    assertThat(snapshots.list()).extracting(VolumeSnapshot::name).contains("followed");
  }

  /// 410 is what an API answers to a watch from a point that it has forgotten.
  @Test
  void seesByReadingWhatItsWatchCannotTell() throws Exception {
    sandbox.faults().add(FaultRule.answer("WATCH", "/volumesnapshots", 410).times(2));
    sandbox.faults().add(FaultRule.drop("WATCH", "/volumesnapshots").times(2));
    try (SnapshotWatch watch = snapshots.watch("unwatched")) {
      assertThat(watch.look(Duration.ofMillis(300))).isEqualTo(new SnapshotWatch.Sight.Gone());
      create("unwatched", "sandbox");

      List<SnapshotWatch.Sight> sights = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        sights.add(watch.look(Duration.ofMillis(300)));
      }

      assertThat(sights).allMatch(SnapshotWatch.Sight.Present.class::isInstance);
      assertThat(sandbox.faults().isEmpty()).as("all four attempts failed").isTrue();
    }
  }

  @Test
  void answersAConflictWhenTheNameIsTaken() {
    create("taken", "sandbox");

    assertThatThrownBy(() -> create("taken", "sandbox"))
        .isInstanceOfSatisfying(
            KubernetesFailure.class,
            failure -> {
              assertThat(failure.isConflict()).isTrue();
              assertThat(failure).hasMessageStartingWith("creating VolumeSnapshot taken: ");
            });
  }

  @Test
  void changesLabelsAndRemovesAnnotationsOfExactlyTheObjectThatWasMeant() throws Exception {
    VolumeSnapshot created = create("marked", "sandbox");
    Map<String, @Nullable String> annotations = new HashMap<>();
    annotations.put("position", null);
    annotations.put("reason", "because");

    VolumeSnapshot marked =
        snapshots.mark(created, _ -> true, Map.of("state", "done"), annotations);

    assertThat(marked.labels()).containsEntry("state", "done").containsEntry("app", "mariadb");
    assertThat(marked.annotations())
        .containsEntry("reason", "because")
        .doesNotContainKey("position");
  }

  @Test
  void doesNotChangeWhatIsNotAsExpected() {
    VolumeSnapshot created = create("unexpected", "sandbox");

    assertThatThrownBy(() -> snapshots.mark(created, _ -> false, Map.of("state", "x"), Map.of()))
        .isInstanceOf(ChangedMeanwhileException.class);
    assertThat(snapshots.find("unexpected").orElseThrow().labels()).doesNotContainKey("state");
  }

  @Test
  void seesTheChangeOfAnotherWriterBetweenItsReadAndItsWrite() throws Exception {
    VolumeSnapshot created = create("raced", "sandbox");
    AtomicInteger looks = new AtomicInteger();

    assertThatThrownBy(
            () ->
                snapshots.mark(
                    created,
                    now -> {
                      if (looks.incrementAndGet() == 1) {
                        otherWriterAborts(created);
                      }
                      return !"aborted".equals(now.labels().get("state"));
                    },
                    Map.of("state", "consistent"),
                    Map.of()))
        .isInstanceOf(ChangedMeanwhileException.class);

    assertThat(looks).hasValue(2);
    assertThat(snapshots.find("raced").orElseThrow().labels()).containsEntry("state", "aborted");
  }

  @Test
  void doesNotDeleteAnotherObjectOfTheSameName() throws Exception {
    VolumeSnapshot first = create("twice", "sandbox");
    assertThat(snapshots.delete(first)).isTrue();
    awaitGone("twice");
    VolumeSnapshot second = create("twice", "sandbox");

    assertThat(snapshots.delete(first)).isFalse();

    assertThat(snapshots.find("twice").orElseThrow().uid()).isEqualTo(second.uid());
  }

  private static void otherWriterAborts(VolumeSnapshot snapshot) {
    try {
      snapshots.mark(snapshot, _ -> true, Map.of("state", "aborted"), Map.of());
    } catch (ChangedMeanwhileException e) {
      throw new AssertionError(e);
    }
  }

  private static VolumeSnapshot create(String name, String className) {
    return snapshots.create(draft(name, className));
  }

  private static VolumeSnapshots.Draft draft(String name, String className) {
    return new VolumeSnapshots.Draft(
        name, "data-mariadb-0", className, Map.of("app", "mariadb"), Map.of("position", "0-1-7"));
  }

  private static VolumeSnapshot await(String name, Predicate<VolumeSnapshot> condition)
      throws InterruptedException {
    try (SnapshotWatch watch = snapshots.watch(name)) {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (System.nanoTime() < deadline) {
        if (watch.look(Duration.ofSeconds(1)) instanceof SnapshotWatch.Sight.Present(var snapshot)
            && condition.test(snapshot)) {
          return snapshot;
        }
      }
      throw new AssertionError("not in time: " + snapshots.find(name));
    }
  }

  private static void awaitGone(String name) throws InterruptedException {
    try (SnapshotWatch watch = snapshots.watch(name)) {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!(watch.look(Duration.ofSeconds(1)) instanceof SnapshotWatch.Sight.Gone)) {
        assertThat(System.nanoTime()).as("gone in time").isLessThan(deadline);
      }
    }
  }
}
