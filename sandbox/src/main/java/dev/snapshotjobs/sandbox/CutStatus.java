package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a content's `status` shows of a cut.
record CutStatus(String handle, Instant time, long bytes) {

  /// A driver that misbehaves shows only one of time and handle.
  static boolean isShown(GenericKubernetesResource content) {
    return Cluster.text(content, "status", "snapshotHandle").isPresent()
        || timeOf(content).isPresent();
  }

  static Optional<Instant> timeOf(GenericKubernetesResource content) {
    return Cluster.text(content, "status", "creationTime")
        .map(nanos -> Instant.ofEpochSecond(0, Long.parseLong(nanos)));
  }

  static Map<String, Object> ofTime(Instant time) {
    long nanos = Math.addExact(time.getEpochSecond() * 1_000_000_000L, time.getNano());
    return Map.of("creationTime", nanos);
  }

  Map<String, Object> ready() {
    Map<String, Object> status = new HashMap<>(ofTime(time));
    status.put("snapshotHandle", handle);
    status.put("restoreSize", bytes);
    status.put("readyToUse", true);
    return status;
  }

  /// Right after the cut.
  Map<String, Object> first(DriverBehaviour behaviour) {
    Map<String, Object> status = ready();
    status.put("readyToUse", behaviour.readyBeforeCreationTime());
    if (behaviour.readyBeforeCreationTime()) {
      status.remove("creationTime");
    }
    if (behaviour.noHandle()) {
      status.remove("snapshotHandle");
    }
    if (behaviour.errorAfterCut()) {
      status.put("error", SnapshotController.error("this class was told to show an error"));
    }
    return status;
  }
}
