package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import java.util.List;

/// What a run is going to do.
sealed interface SnapshotPlan {
  /// What earlier runs left behind: to be marked as aborted and deleted.
  List<VolumeSnapshot> leftovers();

  /// Take a new snapshot under this name.
  record Take(String name, List<VolumeSnapshot> leftovers) implements SnapshotPlan {}

  /// An earlier pod of the same slot has a proven snapshot already: only see it through.
  record Adopt(VolumeSnapshot snapshot, List<VolumeSnapshot> leftovers) implements SnapshotPlan {}
}
