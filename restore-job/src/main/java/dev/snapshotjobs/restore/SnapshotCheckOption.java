package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.Cluster;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Whether the cluster is asked what has become of the snapshots.
final class SnapshotCheckOption {
  @Option(
      names = "--check-snapshots",
      description =
          "Ask the cluster which VolumeSnapshots are still there: one that is gone is no base. Needs"
              + " the right to list them; without this the catalogue alone decides.")
  private boolean check;

  /// Closed at the end of the run.
  Optional<ClusterSnapshots.Source> source(Run run) {
    if (!check) {
      return Optional.empty();
    }
    Cluster cluster = Cluster.connect(run.environment().get("KUBECONFIG"));
    run.closeAtEnd(cluster);
    return Optional.of(namespace -> cluster.volumeSnapshots(namespace).list());
  }
}
