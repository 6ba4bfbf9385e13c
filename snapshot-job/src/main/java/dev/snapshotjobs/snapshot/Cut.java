package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.LockEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How it went with the cut. Commits go on in each of these cases.
sealed interface Cut {
  /// There is a cut.
  sealed interface Seen extends Cut {
    VolumeSnapshot snapshot();

    Instant seenAt();

    /// From when on commits went on for certain, and how long they may have waited.
    Release release();
  }

  /// The end of the waiting.
  record Release(Instant at, Duration blockedFor) {}

  /// The storage made the cut, and the server was asked about the lock after that.
  ///
  /// @param evidence what it answered; empty if it could not be asked
  record UnderLock(
      VolumeSnapshot snapshot,
      BinlogState state,
      Optional<LockEvidence> evidence,
      boolean endAcknowledged,
      Instant seenAt,
      Release release)
      implements Seen {}

  /// The storage made the cut, and nobody had asked the server to wait for it.
  record WithoutLock(VolumeSnapshot snapshot, Instant seenAt) implements Seen {
    @Override
    public Release release() {
      return new Release(seenAt, Duration.ZERO);
    }
  }

  /// There is an object, and no cut that could be proven.
  record Missed(VolumeSnapshot snapshot, SnapshotReason reason, String why) implements Cut {}

  /// There is no object, or it is not known whether there is one.
  record NothingCreated(SnapshotReason reason, String why, String nextStep) implements Cut {}
}
