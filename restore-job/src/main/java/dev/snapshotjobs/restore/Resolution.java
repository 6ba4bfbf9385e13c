package dev.snapshotjobs.restore;

/// What became of a target.
sealed interface Resolution {
  record Reached(Cut cut) implements Resolution {}

  /// The history does not have it.
  ///
  /// @param why a sentence without its full stop
  record Unreachable(String why) implements Resolution {}
}
