package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotPlannerTest {
  private static final String NAME = "shop-20261122-020000";
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final Workloads.Slot SCHEDULED =
      new Workloads.Slot(Examples.SLOT, Workloads.Slot.Origin.SCHEDULE);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 300);
  }

  @Test
  void namesTheSnapshotByItsSlot() {
    assertThat(plan()).isEqualTo(take(NAME));
  }

  @Test
  void abortsWhatAnEarlierPodOfTheSlotLeftPendingAndTakesAnother() {
    VolumeSnapshot pending = Examples.snapshot(NAME, "pending", Examples.SLOT);

    assertThat(plan(pending)).isEqualTo(take(NAME + "-2", pending));
  }

  @Test
  void takesOverWhatAnEarlierPodOfTheSlotHasProven() {
    VolumeSnapshot consistent = Examples.snapshot(NAME, "consistent", Examples.SLOT);

    assertThat(plan(consistent)).isEqualTo(new SnapshotPlan.Adopt(consistent, List.of()));
  }

  @Test
  void takesNothingOverFromAnotherRunThatHappenedToStartInTheSameSecond() {
    VolumeSnapshot consistent = Examples.snapshot(NAME, "consistent", Examples.SLOT);
    var byHand = new Workloads.Slot(Examples.SLOT, Workloads.Slot.Origin.START_OF_RUN);

    assertThat(SnapshotPlanner.plan(wish("shop", byHand), List.of(consistent)))
        .isEqualTo(take(NAME + "-2"));
  }

  @Test
  void removesNothingThatOnlyBearsOurLabels() {
    VolumeSnapshot ours = Examples.snapshot("copied", "pending", Examples.SLOT);
    VolumeSnapshot copied =
        new VolumeSnapshot(
            ours.namespace(),
            ours.name(),
            ours.uid(),
            "1",
            ours.labels(),
            Map.of(),
            false,
            ours.source(),
            ours.status());

    assertThat(plan(copied).leftovers()).isEmpty();
  }

  @Test
  void takesAnotherWhereTheFirstIsCrashConsistentOnly() {
    VolumeSnapshot unproven = Examples.snapshot(NAME, "crash-consistent", Examples.SLOT);

    assertThat(plan(unproven)).isEqualTo(take(NAME + "-2"));
  }

  @Test
  void leavesOtherInstancesAndStrangersAlone() {
    VolumeSnapshot stranger = Examples.snapshot(NAME, "pending", Examples.SLOT);
    List<VolumeSnapshot> all = List.of(stranger);

    assertThat(SnapshotPlanner.plan(wish("ledger", SCHEDULED), all).leftovers()).isEmpty();
  }

  @Test
  void avoidsANameThatSomebodyElseHasTaken() {
    VolumeSnapshot stranger = Examples.snapshot("ledger-20261122-020000", "pending", Examples.SLOT);

    assertThat(SnapshotPlanner.plan(wish("ledger", SCHEDULED), List.of(stranger)))
        .isEqualTo(take("ledger-20261122-020000-2"));
  }

  @Test
  void takesOverWhatAnEarlierPodOfTheSlotCutWithoutALockOnPurpose() {
    VolumeSnapshot asked =
        with(
            Examples.snapshot(NAME, "crash-consistent", Examples.SLOT),
            Map.of("mariadb-snapshot-jobs/mode", "none"),
            VolumeSnapshot.Status.NONE);

    assertThat(plan(asked)).isEqualTo(new SnapshotPlan.Adopt(asked, List.of()));
  }

  @Test
  void countsTheIntervalFromTheLastCutOfTheVolumeWhoeverMadeIt() {
    VolumeSnapshot old = cutAt("old", Examples.SLOT.minusSeconds(700));
    VolumeSnapshot last = cutAt("last", Examples.SLOT.minusSeconds(60));
    VolumeSnapshot uncut = Examples.snapshot("uncut", "odd", Examples.SLOT);

    assertThat(plan(last, old, uncut))
        .isEqualTo(
            new SnapshotPlan.Take(NAME, Examples.SLOT.minusSeconds(60).plus(INTERVAL), List.of()));
  }

  private static VolumeSnapshot cutAt(String name, Instant at) {
    return with(
        Examples.snapshot(name, "odd", Examples.SLOT),
        Map.of(),
        new VolumeSnapshot.Status("content", at, true, null));
  }

  private static VolumeSnapshot with(
      VolumeSnapshot snapshot, Map<String, String> annotations, VolumeSnapshot.Status status) {
    Map<String, String> all = new HashMap<>(snapshot.annotations());
    all.putAll(annotations);
    return new VolumeSnapshot(
        snapshot.namespace(),
        snapshot.name(),
        snapshot.uid(),
        snapshot.resourceVersion(),
        snapshot.labels(),
        all,
        snapshot.beingDeleted(),
        snapshot.source(),
        status);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void neverRemovesWhatCountsAndNeverReusesAName(long seed) {
    Random random = new Random(seed);
    List<VolumeSnapshot> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<String> states = List.of("pending", "consistent", "crash-consistent", "aborted", "odd");
    for (int i = random.nextInt(12); i > 0; i--) {
      String name = random.nextBoolean() ? NAME + "-" + i : "shop-" + i;
      if (names.add(name)) {
        all.add(
            Examples.snapshot(
                name,
                states.get(random.nextInt(states.size())),
                Examples.SLOT.minusSeconds(3600L * random.nextInt(3))));
      }
    }
    SnapshotPlan plan = SnapshotPlanner.plan(wish("shop", SCHEDULED), all);
    Collections.shuffle(all, random);

    assertThat(plan.leftovers())
        .extracting(s -> s.labels().get("mariadb-snapshot-jobs/state"))
        .isSubsetOf("pending", "aborted");
    if (plan instanceof SnapshotPlan.Take take) {
      assertThat(names).doesNotContain(take.name());
    }
    if (plan instanceof SnapshotPlan.Adopt adopt) {
      assertThat(adopt.snapshot().labels())
          .containsEntry("mariadb-snapshot-jobs/state", "consistent");
      assertThat(adopt.snapshot().annotations())
          .containsEntry("mariadb-snapshot-jobs/slot", Examples.SLOT.toString());
    }
    SnapshotPlan again = SnapshotPlanner.plan(wish("shop", SCHEDULED), all);
    assertThat(names(again.leftovers())).as("order of input").isEqualTo(names(plan.leftovers()));
  }

  private static Set<String> names(List<VolumeSnapshot> snapshots) {
    return snapshots.stream().map(VolumeSnapshot::name).collect(Collectors.toSet());
  }

  private static SnapshotPlan.Take take(String name, VolumeSnapshot... leftovers) {
    return new SnapshotPlan.Take(name, Instant.EPOCH, List.of(leftovers));
  }

  private static SnapshotPlanner.Wish wish(String instance, Workloads.Slot slot) {
    return new SnapshotPlanner.Wish(instance, slot, "data-mariadb-0", INTERVAL);
  }

  private static SnapshotPlan plan(VolumeSnapshot... there) {
    return SnapshotPlanner.plan(wish("shop", SCHEDULED), List.of(there));
  }
}
