package dev.snapshotjobs.common.objects;

import java.time.Duration;
import java.time.Instant;

/// For how long what is written for good is locked against everybody.
///
/// @param days 0 for no lock
public record LockTerm(int days, ObjectLock.Mode mode) {

  /// The options of something that is written now.
  public WriteOptions applyTo(WriteOptions options, Instant now) {
    return days == 0
        ? options
        : options.lockedBy(new ObjectLock(mode, now.plus(Duration.ofDays(days))));
  }
}
