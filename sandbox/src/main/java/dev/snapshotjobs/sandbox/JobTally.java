package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What has become of the Pods of one Job: also of those that are gone.
final class JobTally {

  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(200);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(2);

  private enum Fate {
    OPEN,
    SUCCEEDED,
    FAILED
  }

  private final String job;
  private final Instant startTime = Instant.now();
  private final Map<String, Fate> fates = new HashMap<>();
  private Instant lastFailure = Instant.MIN;

  /// @param job its uid
  JobTally(String job) {
    this.job = job;
  }

  boolean isOf(String uid) {
    return job.equals(uid);
  }

  Instant startTime() {
    return startTime;
  }

  /// A Pod that was deleted before it succeeded has failed, as in Kubernetes.
  void look(List<Pod> pods) {
    Map<String, Pod> there =
        pods.stream()
            .collect(Collectors.toMap(pod -> pod.getMetadata().getUid(), Function.identity()));
    Set<String> known = new LinkedHashSet<>(fates.keySet());
    known.addAll(there.keySet());
    for (String uid : known) {
      if (fates.getOrDefault(uid, Fate.OPEN) == Fate.OPEN) {
        Pod pod = there.get(uid);
        Fate fate = pod == null ? Fate.FAILED : fate(pod);
        fates.put(uid, fate);
        lastFailure = fate == Fate.FAILED ? Instant.now() : lastFailure;
      }
    }
  }

  private static Fate fate(Pod pod) {
    String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
    if ("Succeeded".equals(phase)) {
      return Fate.SUCCEEDED;
    }
    return "Failed".equals(phase) || pod.isMarkedForDeletion() ? Fate.FAILED : Fate.OPEN;
  }

  int failed() {
    return count(Fate.FAILED);
  }

  int succeeded() {
    return count(Fate.SUCCEEDED);
  }

  private int count(Fate wanted) {
    return (int) fates.values().stream().filter(fate -> fate == wanted).count();
  }

  /// When the next Pod may be created.
  Instant due() {
    if (failed() == 0) {
      return Instant.MIN;
    }
    Duration delay = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failed() - 1, 10));
    return lastFailure.plus(delay.compareTo(LONGEST_BACK_OFF) < 0 ? delay : LONGEST_BACK_OFF);
  }
}
