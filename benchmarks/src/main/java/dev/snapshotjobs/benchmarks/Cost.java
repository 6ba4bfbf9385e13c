package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.Optional;

/// What a variant cost beside the stall that the writers saw.
sealed interface Cost {

  /// Nothing was locked.
  record Nothing() implements Cost {}

  /// A lock held by the benchmark itself.
  ///
  /// @param hold from the lock granted to its end acknowledged
  record Lock(Duration hold) implements Cost {}

  /// A process of its own, which held the lock.
  ///
  /// @param hold the phase `hold` of the job's own outcome record
  /// @param wallTime from the start of its JVM to the end of the process
  record Job(Duration hold, Duration wallTime, long peakRssKib) implements Cost {}

  default Optional<Duration> lockHeld() {
    return switch (this) {
      case Nothing() -> Optional.empty();
      case Lock(Duration hold) -> Optional.of(hold);
      case Job(Duration hold, Duration _, long _) -> Optional.of(hold);
    };
  }
}
