package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.DatabasePod;
import dev.snapshotjobs.common.kube.Volume;
import dev.snapshotjobs.common.kube.VolumeSnapshotClass;
import java.util.List;
import java.util.Optional;

/// What the cluster said about the database before the run touched anything.
///
/// @param volume the claim under the data directory; empty if there is none
record ClusterFacts(
    DatabasePod pod,
    Optional<Volume> volume,
    boolean snapshotsServed,
    List<VolumeSnapshotClass> classes) {

  ClusterFacts {
    classes = List.copyOf(classes);
  }
}
