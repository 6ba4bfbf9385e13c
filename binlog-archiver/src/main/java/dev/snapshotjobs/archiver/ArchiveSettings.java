package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.objects.LockTerm;
import java.time.Duration;
import java.util.Optional;

/// What a run shall archive, and how.
record ArchiveSettings(
    String instance,
    LockTerm locking,
    Optional<Follow> follow,
    boolean encryptedAtRest,
    boolean allowOverwrites,
    boolean dryRun) {

  /// @param time how long the server's logs are followed
  /// @param interval how old bytes get before they are put into the bucket
  record Follow(Duration time, Duration interval) {}
}
