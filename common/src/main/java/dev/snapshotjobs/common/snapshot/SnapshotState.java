package dev.snapshotjobs.common.snapshot;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// What is known of a VolumeSnapshot of ours, as its label `mariadb-snapshot-jobs/state` says. Only
/// the job that held the database's lock may leave [#PENDING] for anything but [#ABORTED].
public enum SnapshotState {
  /// Created under a lock whose outcome is not recorded: worthless once that lock is gone.
  PENDING("pending"),
  /// The cut is proven to lie inside a held backup stage: recovers to exactly the recorded GTID.
  CONSISTENT("consistent"),
  /// A cut like a power failure; recovers, but the recorded position is not proven.
  CRASH_CONSISTENT("crash-consistent"),
  /// Given up and on its way out, whatever its `readyToUse` says.
  ABORTED("aborted");

  /// What [SnapshotKeys#MODE] says of a snapshot that was cut without a lock on purpose.
  public static final String WITHOUT_LOCK = "none";

  private final String label;

  SnapshotState(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /// Whether the labels say that a VolumeSnapshot is in one of these states.
  public static boolean isOneOf(Map<String, String> labels, SnapshotState... states) {
    return Optional.ofNullable(labels.get(SnapshotKeys.STATE))
        .flatMap(SnapshotState::ofLabel)
        .filter(Arrays.asList(states)::contains)
        .isPresent();
  }

  /// Whether a snapshot with these labels and annotations is what its job was asked for, so that it
  /// counts as a backup once it is `readyToUse`: consistent, or cut without a lock on purpose.
  public static boolean counts(Map<String, String> labels, Map<String, String> annotations) {
    return isOneOf(labels, CONSISTENT)
        || (isOneOf(labels, CRASH_CONSISTENT)
            && WITHOUT_LOCK.equals(annotations.get(SnapshotKeys.MODE)));
  }

  public static Optional<SnapshotState> ofLabel(String label) {
    return Arrays.stream(values()).filter(state -> state.label.equals(label)).findFirst();
  }
}
