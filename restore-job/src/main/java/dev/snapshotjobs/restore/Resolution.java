package dev.snapshotjobs.restore;

import java.util.Optional;

/// What became of a target.
sealed interface Resolution {
  record Reached(Cut cut) implements Resolution {}

  /// The history does not have it.
  ///
  /// @param why a sentence without its full stop
  /// @param above if it is a transaction that is missing between others, the next one of its server
  record Unreachable(String why, Optional<SeenTransaction> above) implements Resolution {
    Unreachable(String why) {
      this(why, Optional.empty());
    }
  }
}
