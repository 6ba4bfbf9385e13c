package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which snapshots get their catalogue entry in a run. Pure.
///
/// @param own the one that the run has made or seen through, if it is ready
/// @param missing others that have no entry, the newest first
/// @param left how many more there are, for the next run
record CataloguePlan(Optional<VolumeSnapshot> own, List<VolumeSnapshot> missing, int left) {
  /// A run is there for its own snapshot; what others have not done must not make it last.
  private static final int MOST = 50;

  CataloguePlan {
    missing = List.copyOf(missing);
  }

  /// @param all every VolumeSnapshot of the namespace
  /// @param listed the names that have an entry
  static CataloguePlan of(
      String instance, String ownUid, List<VolumeSnapshot> all, Set<String> listed) {
    List<VolumeSnapshot> ready =
        all.stream()
            .filter(snapshot -> SnapshotPlanner.isOf(instance, snapshot))
            .filter(snapshot -> SnapshotState.counts(snapshot.labels(), snapshot.annotations()))
            .filter(snapshot -> snapshot.status().readyToUse() && snapshot.isCut())
            .filter(snapshot -> !snapshot.beingDeleted())
            .toList();
    List<VolumeSnapshot> missing =
        ready.stream()
            .filter(snapshot -> !snapshot.uid().equals(ownUid))
            .filter(snapshot -> !listed.contains(snapshot.name()))
            .sorted(Comparator.comparing(VolumeSnapshot::name).reversed())
            .toList();
    return new CataloguePlan(
        ready.stream().filter(snapshot -> snapshot.uid().equals(ownUid)).findFirst(),
        missing.stream().limit(MOST).toList(),
        Math.max(0, missing.size() - MOST));
  }
}
