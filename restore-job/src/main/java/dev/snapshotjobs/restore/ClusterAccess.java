package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a command does with the Kubernetes API, and how it ends when that does not answer.
interface ClusterAccess {
  Conclusion with(Cluster cluster) throws InterruptedException;

  /// Connects for the whole run.
  static Conclusion in(Run run, ClusterAccess work) throws InterruptedException {
    Optional<String> kubeconfig = run.environment().get("KUBECONFIG");
    if (kubeconfig.filter(file -> !Files.isReadable(Path.of(file))).isPresent()) {
      throw JobException.misconfigured(
          RestoreReason.CLUSTER_UNREACHABLE,
          "KUBECONFIG: '" + kubeconfig.get() + "' cannot be read",
          "correct KUBECONFIG; inside of a cluster leave it out");
    }
    Cluster cluster = Cluster.connect(kubeconfig);
    run.closeAtEnd(cluster);
    try {
      return work.with(cluster);
    } catch (KubernetesFailure failure) {
      throw JobException.failed(
          RestoreReason.CLUSTER_UNREACHABLE,
          String.valueOf(failure.getMessage()),
          nextStep(failure),
          failure);
    }
  }

  /// A right that is missing is said so: `User … cannot create resource …`. All else that is
  /// forbidden is so by a quota, a LimitRange or a policy, and the message has its words.
  private static String nextStep(KubernetesFailure failure) {
    if (failure.status() != 403) {
      return "run again when the API answers: what was begun is gone on with";
    }
    return String.valueOf(failure.getMessage()).contains(" cannot ")
        ? "grant the service account what the message names (kustomize/base/restore-job)"
        : "make room in the quota, or change the limit or the policy that the message names, and run"
            + " again: what was begun is gone on with";
  }
}
