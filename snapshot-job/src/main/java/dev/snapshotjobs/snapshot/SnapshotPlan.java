package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import java.time.Instant;
import java.util.List;

/// What a run is going to do.
sealed interface SnapshotPlan {
  /// What earlier runs left behind: to be marked as aborted and deleted.
  List<VolumeSnapshot> leftovers();

  /// Take a new snapshot under this name.
  ///
  /// @param notBefore when the storage takes the next one of this volume
  record Take(String name, Instant notBefore, List<VolumeSnapshot> leftovers)
      implements SnapshotPlan {}

  /// An earlier pod of the same slot has a proven snapshot already: only see it through.
  record Adopt(VolumeSnapshot snapshot, List<VolumeSnapshot> leftovers) implements SnapshotPlan {}
}
