package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.Workloads;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides what to do about a slot, given what is there. Pure.
final class SnapshotPlanner {
  private SnapshotPlanner() {}

  /// What is to be snapshotted, for when, and how often its storage lets it.
  record Wish(String instance, Workloads.Slot slot, String claimName, Duration minimalInterval) {}

  /// @param all every VolumeSnapshot of the namespace: a name may be taken by anyone
  static SnapshotPlan plan(Wish wish, List<VolumeSnapshot> all) {
    Workloads.Slot slot = wish.slot();
    List<VolumeSnapshot> own = all.stream().filter(s -> isOf(wish.instance(), s)).toList();
    // The lock of whoever made a pending one is gone, or this run would not hold the Lease.
    List<VolumeSnapshot> leftovers =
        own.stream()
            .filter(
                s ->
                    SnapshotState.isOneOf(s.labels(), SnapshotState.PENDING, SnapshotState.ABORTED))
            .sorted(Comparator.comparing(VolumeSnapshot::name))
            .toList();
    Optional<VolumeSnapshot> proven =
        own.stream()
            .filter(_ -> slot.isShared())
            .filter(
                s ->
                    s.annotation(SnapshotKeys.SLOT)
                        .filter(slot.at().toString()::equals)
                        .isPresent())
            .filter(s -> SnapshotState.counts(s.labels(), s.annotations()))
            .filter(s -> !s.beingDeleted())
            .findFirst();
    if (proven.isPresent()) {
      return new SnapshotPlan.Adopt(proven.get(), leftovers);
    }
    Set<String> taken = all.stream().map(VolumeSnapshot::name).collect(Collectors.toSet());
    return new SnapshotPlan.Take(
        SnapshotName.firstFree(wish.instance(), slot.at(), taken), earliest(wish, all), leftovers);
  }

  /// The storage counts every cut of the volume, whoever asked for it and whatever became of it.
  private static Instant earliest(Wish wish, List<VolumeSnapshot> all) {
    return all.stream()
        .filter(s -> wish.claimName().equals(s.source().claimName()))
        .flatMap(s -> Optional.ofNullable(s.status().creationTime()).stream())
        .max(Comparator.naturalOrder())
        .map(last -> last.plus(wish.minimalInterval()))
        .orElse(Instant.EPOCH);
  }

  /// Made by a run of this job: labels alone can be copied, and come back with a restored object.
  static boolean isOf(String instance, VolumeSnapshot snapshot) {
    return snapshot.label(SnapshotKeys.INSTANCE).filter(instance::equals).isPresent()
        && snapshot.annotation(SnapshotKeys.RUN_ID).isPresent()
        && snapshot.source().claimName() != null;
  }
}
