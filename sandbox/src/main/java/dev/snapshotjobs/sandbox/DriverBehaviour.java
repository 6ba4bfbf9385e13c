package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How the driver treats the snapshots of one VolumeSnapshotClass: its parameters.
record DriverBehaviour(Map<String, String> parameters) {

  static final DriverBehaviour PLAIN = new DriverBehaviour(Map.of());

  static DriverBehaviour of(GenericKubernetesResource snapshotClass) {
    Map<String, String> parameters =
        Objects.requireNonNullElse(snapshotClass.get("parameters"), Map.of());
    return new DriverBehaviour(Map.copyOf(parameters));
  }

  /// How long the call blocks before the cut.
  Duration beforeCut() {
    return seconds("snapshotDelaySeconds");
  }

  /// How long after the cut a snapshot becomes ready.
  Duration untilReady() {
    return seconds("readyDelaySeconds");
  }

  boolean neverReady() {
    return "true".equals(parameters.get("neverReady"));
  }

  boolean failsAfter(int failures) {
    return "true".equals(parameters.get("failSnapshot"))
        || failures < Integer.parseInt(parameters.getOrDefault("failFirst", "0"));
  }

  Optional<Long> restoreSize() {
    return Optional.ofNullable(parameters.get("restoreSizeBytes")).map(Long::valueOf);
  }

  private Duration seconds(String name) {
    double seconds = Double.parseDouble(parameters.getOrDefault(name, "0"));
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
