package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ByteSize;
import java.time.Duration;
import java.util.Optional;

/// How a restore is carried out.
///
/// @param ownPod the name of the pod that this run is in
/// @param serverImage instead of the one that the snapshot recorded
/// @param keyPassword the file with the password of the file with the keys, instead of the recorded
record RestoreSettings(
    Optional<String> ownPod,
    Optional<String> restoreId,
    Optional<String> storageClass,
    Optional<String> serverImage,
    Optional<String> keyPassword,
    Sizes sizes,
    Limits limits,
    boolean acceptRecoveredPosition,
    boolean statefulSet) {

  /// What the pod takes.
  ///
  /// @param serverMemory what the server's container asks for and may have
  /// @param scratch what is needed beside the data for a while
  record Sizes(ByteSize serverMemory, ByteSize scratch) {}

  /// How often and how long it is tried.
  ///
  /// @param attempts how many copies of the snapshot may be made
  /// @param start until volume and server are there
  /// @param attempt until the work on one copy is done
  record Limits(int attempts, Duration start, Duration attempt) {}
}
