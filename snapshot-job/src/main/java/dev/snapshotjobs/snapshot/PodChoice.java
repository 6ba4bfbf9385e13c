package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.DatabasePod;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The answer to the question which pod's database is meant.
sealed interface PodChoice {
  record Chosen(DatabasePod pod) implements PodChoice {}

  record Unclear(Finding finding) implements PodChoice {}

  /// What the settings say about the pod.
  record Wanted(
      Optional<String> podName, Optional<String> statefulSet, Optional<String> claimName) {}

  /// Picks the named pod, else ordinal 0 of the StatefulSet, else the pod that mounts the claim,
  /// else ordinal 0 of the only StatefulSet. More than one candidate is an error that lists them.
  static PodChoice among(List<DatabasePod> pods, Wanted wanted) {
    if (wanted.podName().isPresent()) {
      return named(pods, wanted.podName().get(), "POD_NAME");
    }
    if (wanted.statefulSet().isPresent()) {
      return named(pods, wanted.statefulSet().get() + "-0", "ordinal 0 of STATEFULSET");
    }
    if (wanted.claimName().isPresent()) {
      String claim = wanted.claimName().get();
      return only(
          pods.stream()
              .filter(pod -> pod.mounts().stream().anyMatch(m -> claim.equals(m.claimName())))
              .toList(),
          "mount the claim " + claim);
    }
    return only(
        pods.stream()
            .filter(pod -> pod.owner() != null && pod.name().equals(pod.owner().name() + "-0"))
            .toList(),
        "are ordinal 0 of a StatefulSet");
  }

  private static PodChoice named(List<DatabasePod> pods, String name, String by) {
    return pods.stream()
        .filter(pod -> pod.name().equals(name))
        .findFirst()
        .<PodChoice>map(Chosen::new)
        .orElseGet(
            () ->
                missing(
                    "there is no pod %s (%s); those that mount a claim: %s"
                        .formatted(
                            name, by, names(pods.stream().filter(PodChoice::hasClaim).toList()))));
  }

  /// Pods of Jobs, for instance, are none that a database could be meant by.
  private static boolean hasClaim(DatabasePod pod) {
    return pod.mounts().stream().anyMatch(mount -> mount.claimName() != null);
  }

  private static PodChoice only(List<DatabasePod> candidates, String what) {
    return switch (candidates.size()) {
      case 0 -> missing("no pods " + what);
      case 1 -> new Chosen(candidates.getFirst());
      default ->
          new Unclear(
              new Finding(
                  PreflightRule.POD_UNKNOWN,
                  candidates.size() + " pods " + what + ": " + names(candidates),
                  "set STATEFULSET, POD_NAME or PVC_NAME to the database to protect"));
    };
  }

  private static Unclear missing(String seen) {
    return new Unclear(
        new Finding(
            PreflightRule.POD_MISSING,
            seen,
            "wait until it runs; or set STATEFULSET, POD_NAME or PVC_NAME, and NAMESPACE, to the"
                + " database to protect"));
  }

  private static String names(List<DatabasePod> pods) {
    return pods.isEmpty()
        ? "none"
        : pods.stream().map(DatabasePod::name).sorted().collect(Collectors.joining(", "));
  }
}
