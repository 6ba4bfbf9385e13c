package dev.snapshotjobs.benchmarks;

import java.time.Duration;

/// What a variant cost beside the stall that the writers saw.
sealed interface Cost {

  Locking locking();

  /// The benchmark itself did it.
  record Bare(Locking locking) implements Cost {}

  /// A process of its own did it.
  ///
  /// @param wallTime from the start of its JVM to the end of the process
  record Job(Locking locking, Duration wallTime, long peakRssKib) implements Cost {}
}
