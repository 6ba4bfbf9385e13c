package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;

/// How one run creates its VolumeSnapshot: rehearsed before anything waits for it, sent once, and
/// recognised as its own when the answer got lost.
record Creation(VolumeSnapshots snapshots, String runId) {

  /// Does everything once that commits would have to wait for later, and learns before any lock
  /// what the API would refuse under it.
  void rehearse(VolumeSnapshots.Draft draft, SnapshotWatch watch) {
    snapshots.rehearse(draft);
    // Nobody has this name; what counts is that the right to read contents is not missed later.
    snapshots.findContent("snapcontent-of-" + draft.name());
    watch.open();
  }

  /// What is there already under this name may be this run's own, if a proxy sent the request
  /// twice. After any other failure the lock must end first; whether there is an object is asked
  /// then.
  VolumeSnapshot createOrRecognise(VolumeSnapshots.Draft draft) {
    try {
      return snapshots.create(draft);
    } catch (KubernetesFailure failure) {
      if (!failure.isConflict()) {
        throw failure;
      }
      return snapshots
          .find(draft.name())
          .filter(found -> found.annotation(SnapshotKeys.RUN_ID).filter(runId::equals).isPresent())
          .orElseThrow(() -> failure);
    }
  }

  static Cut.NothingCreated refused(KubernetesFailure failure) {
    return new Cut.NothingCreated(
        failure.isConflict() ? SnapshotReason.NAME_TAKEN : SnapshotReason.CLUSTER_UNREACHABLE,
        String.valueOf(failure.getMessage()),
        failure.isTransient()
            ? "run again; what this run may have left is removed by then"
            : "look at the API's answer: quota, admission, or the rights of the service account");
  }

  /// Why there may be no cut yet, from what the object shows.
  static String news(VolumeSnapshot now) {
    if (now.status().error() != null) {
      return "the storage says: " + now.status().error();
    }
    if (now.status().boundContentName() == null) {
      return "no snapshot controller has touched it: does it run in this cluster?";
    }
    return "its content exists, but the driver's snapshotter has not reported a cut: does it run, and"
        + " does the storage answer it?";
  }
}
