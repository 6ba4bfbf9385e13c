package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.mariadb.StageEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a snapshot turned out to be.
///
/// Consistent means: the storage made the cut after the stage was held, because the object did not
/// exist before, and before the stage ended, because the cut was seen while the server still said
/// that the same session held it. Both bounds rest on causality, none on a clock.
sealed interface Verdict {
  record Consistent() implements Verdict {}

  /// The cut exists, but something is missing from the proof.
  record Unproven(List<String> missing) implements Verdict {}

  /// What was created is not what was meant, so it is no snapshot of ours.
  record Mismatch(String why) implements Verdict {}

  /// What is known when commits go on again.
  ///
  /// @param stage what the server answered between the cut and the end of the stage, if it could be
  ///   asked
  /// @param endAcknowledged whether the server then ended a stage that was still open
  /// @param cut the VolumeSnapshot as it was when its cut was seen
  /// @param content the content that it names
  record Evidence(
      Optional<StageEvidence> stage,
      boolean endAcknowledged,
      VolumeSnapshot cut,
      Optional<VolumeSnapshotContent> content) {}

  static Verdict of(Evidence evidence) {
    if (evidence.content().filter(content -> content.isBoundTo(evidence.cut())).isEmpty()) {
      return new Mismatch(
          "VolumeSnapshotContent %s is not bound to VolumeSnapshot %s (uid %s)"
              .formatted(
                  evidence.cut().status().boundContentName(),
                  evidence.cut().name(),
                  evidence.cut().uid()));
    }
    List<String> missing = new ArrayList<>();
    if (evidence.stage().isEmpty()) {
      missing.add("the session that took the stage no longer answered");
    } else {
      missing.addAll(missingFrom(evidence.stage().get()));
    }
    if (!evidence.endAcknowledged()) {
      missing.add("the server did not acknowledge the end of the stage");
    }
    if (evidence.content().get().snapshotHandle() == null) {
      missing.add("the content has no snapshotHandle");
    }
    return missing.isEmpty() ? new Consistent() : new Unproven(missing);
  }

  private static List<String> missingFrom(StageEvidence stage) {
    List<String> missing = new ArrayList<>();
    if (!stage.sameSession()) {
      missing.add("another session than the one that took the stage answered");
    }
    if (!stage.positionUnmoved()) {
      missing.add("transactions were logged under the stage, up to " + stage.state());
    }
    if (!stage.secondSessionRefused()) {
      missing.add("a second session could enter a backup stage");
    }
    return missing;
  }
}
