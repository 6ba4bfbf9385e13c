package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.objects.ObjectLock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a run shall archive, and how.
record ArchiveSettings(
    String instance,
    Locking locking,
    Optional<Follow> follow,
    boolean encryptedAtRest,
    boolean allowOverwrites,
    boolean dryRun) {

  /// @param time how long the server's logs are followed
  /// @param interval how old bytes get before they are put into the bucket
  record Follow(Duration time, Duration interval) {}

  /// @param days 0 for no lock
  record Locking(int days, ObjectLock.Mode mode) {
    @Nullable ObjectLock from(Instant now) {
      return days == 0 ? null : new ObjectLock(mode, now.plus(Duration.ofDays(days)));
    }
  }
}
