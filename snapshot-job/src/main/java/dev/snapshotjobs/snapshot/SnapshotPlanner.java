package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides what to do about a slot, given what is there. Pure.
final class SnapshotPlanner {
  private SnapshotPlanner() {}

  /// @param all every VolumeSnapshot of the namespace: a name may be taken by anyone
  static SnapshotPlan plan(String instance, Instant slot, List<VolumeSnapshot> all) {
    List<VolumeSnapshot> own =
        all.stream()
            .filter(s -> s.label(SnapshotKeys.INSTANCE).filter(instance::equals).isPresent())
            .toList();
    // The lock of whoever made a pending one is gone, or this run would not hold the Lease.
    List<VolumeSnapshot> leftovers =
        own.stream()
            .filter(
                s ->
                    is(s, SnapshotState.PENDING)
                        || (is(s, SnapshotState.ABORTED) && !s.beingDeleted()))
            .sorted(Comparator.comparing(VolumeSnapshot::name))
            .toList();
    Optional<VolumeSnapshot> proven =
        own.stream()
            .filter(
                s -> s.annotation(SnapshotKeys.SLOT).filter(slot.toString()::equals).isPresent())
            .filter(s -> is(s, SnapshotState.CONSISTENT) && !s.beingDeleted())
            .findFirst();
    if (proven.isPresent()) {
      return new SnapshotPlan.Adopt(proven.get(), leftovers);
    }
    Set<String> taken = all.stream().map(VolumeSnapshot::name).collect(Collectors.toSet());
    return new SnapshotPlan.Take(SnapshotName.firstFree(instance, slot, taken), leftovers);
  }

  private static boolean is(VolumeSnapshot snapshot, SnapshotState state) {
    return snapshot
        .label(SnapshotKeys.STATE)
        .flatMap(SnapshotState::ofLabel)
        .filter(state::equals)
        .isPresent();
  }
}
