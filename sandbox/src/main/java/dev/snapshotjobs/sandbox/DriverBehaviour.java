package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How the driver treats the snapshots of one VolumeSnapshotClass: its parameters.
///
/// | parameter | effect |
/// | --- | --- |
/// | `contentDelaySeconds` | the controller makes the content so much after it decided to |
/// | `snapshotDelaySeconds` | taking the snapshot blocks so long |
/// | `neverCut` | taking the snapshot never returns |
/// | `failSnapshot` | every attempt fails |
/// | `failFirst` | the first so many attempts fail |
/// | `errorAfterCut` | an error is shown with the cut, until it is ready |
/// | `noHandle` | the cut is shown without a `snapshotHandle` |
/// | `bindsToAnother` | the content refers to another VolumeSnapshot than the one that shows it |
/// | `readyDelaySeconds` | `creationTime` at once, `readyToUse` later |
/// | `neverReady` | `readyToUse` never comes |
/// | `readyBeforeCreationTime` | `readyToUse` at once, `creationTime` later |
/// | `creationTimeDelaySeconds` | how much later (1) |
/// | `restoreSizeBytes` | the size that the snapshot claims |
record DriverBehaviour(Map<String, String> parameters) {

  static final DriverBehaviour PLAIN = new DriverBehaviour(Map.of());

  static DriverBehaviour of(GenericKubernetesResource snapshotClass) {
    Map<String, String> parameters =
        Objects.requireNonNullElse(snapshotClass.get("parameters"), Map.of());
    return new DriverBehaviour(Map.copyOf(parameters));
  }

  /// How long the controller is about to make the content.
  Duration beforeContent() {
    return seconds("contentDelaySeconds", "0");
  }

  /// How long the call blocks before the cut.
  Duration beforeCut() {
    return seconds("snapshotDelaySeconds", "0");
  }

  boolean neverCut() {
    return is("neverCut");
  }

  /// How long after the cut a snapshot becomes ready.
  Duration untilReady() {
    return seconds("readyDelaySeconds", "0");
  }

  boolean neverReady() {
    return is("neverReady");
  }

  boolean readyBeforeCreationTime() {
    return is("readyBeforeCreationTime");
  }

  /// How long after the cut its time is shown, where that is not at once.
  Duration untilCreationTime() {
    return seconds("creationTimeDelaySeconds", "1");
  }

  boolean errorAfterCut() {
    return is("errorAfterCut");
  }

  boolean noHandle() {
    return is("noHandle");
  }

  boolean bindsToAnother() {
    return is("bindsToAnother");
  }

  boolean failsAfter(int failures) {
    return is("failSnapshot")
        || failures < Integer.parseInt(parameters.getOrDefault("failFirst", "0"));
  }

  Optional<Long> restoreSize() {
    return Optional.ofNullable(parameters.get("restoreSizeBytes")).map(Long::valueOf);
  }

  private boolean is(String name) {
    return "true".equals(parameters.get(name));
  }

  private Duration seconds(String name, String otherwise) {
    double seconds = Double.parseDouble(parameters.getOrDefault(name, otherwise));
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
