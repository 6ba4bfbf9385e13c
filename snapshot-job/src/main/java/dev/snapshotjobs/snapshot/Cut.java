package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.StageEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How it went under the lock, seen from after it: commits go on in each of these cases.
sealed interface Cut {
  /// The storage made the cut, and the server was asked about the stage after that.
  ///
  /// @param evidence what it answered; empty if it could not be asked
  record Seen(
      VolumeSnapshot snapshot,
      BinlogState state,
      Optional<StageEvidence> evidence,
      boolean endAcknowledged,
      Instant seenAt,
      Instant releasedAt,
      Duration blockedFor)
      implements Cut {}

  /// There is an object, and no cut that could be proven.
  record Missed(VolumeSnapshot snapshot, SnapshotReason reason, String why) implements Cut {}

  /// There is no object, or it is not known whether there is one.
  record NothingCreated(SnapshotReason reason, String why, String nextStep) implements Cut {}
}
