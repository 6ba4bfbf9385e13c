package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotPlannerTest {
  private static final String NAME = "shop-20261122-020000";

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
  void takesAnotherWhereTheFirstIsCrashConsistentOnly() {
    VolumeSnapshot unproven = Examples.snapshot(NAME, "crash-consistent", Examples.SLOT);

    assertThat(plan(unproven)).isEqualTo(new SnapshotPlan.Take(NAME + "-2", List.of()));
  }

  @Test
  void leavesOtherInstancesAndStrangersAlone() {
    VolumeSnapshot stranger = Examples.snapshot(NAME, "pending", Examples.SLOT);
    List<VolumeSnapshot> all = List.of(stranger);

    assertThat(SnapshotPlanner.plan("ledger", Examples.SLOT, all).leftovers()).isEmpty();
  }

  @Test
  void avoidsANameThatSomebodyElseHasTaken() {
    VolumeSnapshot stranger = Examples.snapshot("ledger-20261122-020000", "pending", Examples.SLOT);

    assertThat(SnapshotPlanner.plan("ledger", Examples.SLOT, List.of(stranger)))
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
    SnapshotPlan plan = SnapshotPlanner.plan("shop", Examples.SLOT, all);
    Collections.shuffle(all, random);

    assertThat(plan.leftovers())
        .extracting(s -> s.labels().get("mariadb-snapshot-jobs/state"))
        .isSubsetOf("pending", "aborted");
    if (plan instanceof SnapshotPlan.Take take) {
      assertThat(names).doesNotContain(take.name());
    }
    SnapshotPlan again = SnapshotPlanner.plan("shop", Examples.SLOT, all);
    assertThat(names(again.leftovers())).as("order of input").isEqualTo(names(plan.leftovers()));
  }

  private static Set<String> names(List<VolumeSnapshot> snapshots) {
    return snapshots.stream().map(VolumeSnapshot::name).collect(Collectors.toSet());
  }

  private static SnapshotPlan plan(VolumeSnapshot... there) {
    return SnapshotPlanner.plan("shop", Examples.SLOT, List.of(there));
  }
}
