package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.Workloads;
import java.util.ArrayList;
import java.util.Collections;
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
  private static final Workloads.Slot SCHEDULED =
      new Workloads.Slot(Examples.SLOT, Workloads.Slot.Origin.SCHEDULE);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 300);
  }

  @Test
  void namesTheSnapshotByItsSlot() {
    assertThat(plan()).isEqualTo(new SnapshotPlan.Take(NAME, List.of()));
  }

  @Test
  void abortsWhatAnEarlierPodOfTheSlotLeftPendingAndTakesAnother() {
    VolumeSnapshot pending = Examples.snapshot(NAME, "pending", Examples.SLOT);

    assertThat(plan(pending)).isEqualTo(new SnapshotPlan.Take(NAME + "-2", List.of(pending)));
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

    assertThat(SnapshotPlanner.plan("shop", byHand, List.of(consistent)))
        .isEqualTo(new SnapshotPlan.Take(NAME + "-2", List.of()));
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

    assertThat(plan(unproven)).isEqualTo(new SnapshotPlan.Take(NAME + "-2", List.of()));
  }

  @Test
  void leavesOtherInstancesAndStrangersAlone() {
    VolumeSnapshot stranger = Examples.snapshot(NAME, "pending", Examples.SLOT);
    List<VolumeSnapshot> all = List.of(stranger);

    assertThat(SnapshotPlanner.plan("ledger", SCHEDULED, all).leftovers()).isEmpty();
  }

  @Test
  void avoidsANameThatSomebodyElseHasTaken() {
    VolumeSnapshot stranger = Examples.snapshot("ledger-20261122-020000", "pending", Examples.SLOT);

    assertThat(SnapshotPlanner.plan("ledger", SCHEDULED, List.of(stranger)))
        .isEqualTo(new SnapshotPlan.Take("ledger-20261122-020000-2", List.of()));
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
    SnapshotPlan plan = SnapshotPlanner.plan("shop", SCHEDULED, all);
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
    SnapshotPlan again = SnapshotPlanner.plan("shop", SCHEDULED, all);
    assertThat(names(again.leftovers())).as("order of input").isEqualTo(names(plan.leftovers()));
  }

  private static Set<String> names(List<VolumeSnapshot> snapshots) {
    return snapshots.stream().map(VolumeSnapshot::name).collect(Collectors.toSet());
  }

  private static SnapshotPlan plan(VolumeSnapshot... there) {
    return SnapshotPlanner.plan("shop", SCHEDULED, List.of(there));
  }
}
