package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.Optional;

/// What a variant locked.
sealed interface Locking {

  /// Nothing.
  record Nothing() implements Locking {}

  /// All commits.
  ///
  /// @param waited from asking for the lock until it was granted
  /// @param held from there to its end
  record Commits(Duration waited, Duration held) implements Locking {}

  default Optional<Commits> ofCommits() {
    return switch (this) {
      case Nothing() -> Optional.empty();
      case Commits commits -> Optional.of(commits);
    };
  }
}
