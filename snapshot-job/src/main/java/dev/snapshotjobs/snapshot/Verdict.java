package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.mariadb.LockEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a snapshot turned out to be.
///
/// Consistent means: the storage made the cut after the lock was held, because the object did not
/// exist before, and before the lock ended, because the cut was seen while the server still said
/// that the same session held it. Both bounds rest on causality, none on a clock.
sealed interface Verdict {
  record Consistent() implements Verdict {}

  /// Cut without a lock, as was asked for, on a server where that is enough.
  record CrashConsistent() implements Verdict {}

  /// The cut exists, but something is missing from the proof.
  record Unproven(List<String> missing) implements Verdict {}

  /// It is no snapshot of ours, or none that anybody could use.
  record Worthless(SnapshotReason reason, String why) implements Verdict {}

  /// Judges a cut for which commits waited.
  ///
  /// @param content the content that the VolumeSnapshot names
  static Verdict of(Cut.UnderLock cut, Optional<VolumeSnapshotContent> content) {
    Optional<Worthless> mismatch = mismatch(cut.snapshot(), content);
    if (mismatch.isPresent()) {
      return mismatch.get();
    }
    List<String> missing = new ArrayList<>();
    if (cut.evidence().isEmpty()) {
      missing.add("the session that took the lock no longer answered");
    } else {
      missing.addAll(missingFrom(cut.evidence().get()));
    }
    if (!cut.endAcknowledged()) {
      missing.add("the server did not acknowledge the end of the lock");
    }
    if (content.map(VolumeSnapshotContent::snapshotHandle).isEmpty()) {
      missing.add("the content has no snapshotHandle");
    }
    return missing.isEmpty() ? new Consistent() : new Unproven(missing);
  }

  /// Judges a cut for which nobody waited.
  ///
  /// @param against what the server said after the cut that makes such a copy worthless
  static Verdict of(
      Cut.WithoutLock cut, Optional<VolumeSnapshotContent> content, List<Finding> against) {
    Optional<Worthless> mismatch = mismatch(cut.snapshot(), content);
    if (mismatch.isPresent()) {
      return mismatch.get();
    }
    return against.isEmpty()
        ? new CrashConsistent()
        : new Worthless(
            SnapshotReason.LOCK_NEEDED,
            "while it was cut the server changed: "
                + against.stream().map(Finding::toString).collect(Collectors.joining("; ")));
  }

  private static Optional<Worthless> mismatch(
      VolumeSnapshot cut, Optional<VolumeSnapshotContent> content) {
    return content.filter(found -> found.isBoundTo(cut)).isPresent()
        ? Optional.empty()
        : Optional.of(
            new Worthless(
                SnapshotReason.SNAPSHOT_GONE,
                "VolumeSnapshotContent %s is not bound to VolumeSnapshot %s (uid %s)"
                    .formatted(cut.status().boundContentName(), cut.name(), cut.uid())));
  }

  private static List<String> missingFrom(LockEvidence lock) {
    List<String> missing = new ArrayList<>();
    if (!lock.sameSession()) {
      missing.add("another session than the one that took the lock answered");
    }
    if (!lock.positionUnmoved()) {
      missing.add("transactions were logged under the lock, up to " + lock.state());
    }
    if (!lock.secondSessionRefused()) {
      missing.add("a second session was granted what the lock forbids");
    }
    return missing;
  }
}
