package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import java.time.Instant;
import java.util.List;

/// From where to where one can recover: from the oldest base of a chain to its end.
///
/// @param bases at least one, the oldest first
/// @param until how far, and why no further
record RestoreWindow(Chain chain, List<Base> bases, RecoverableWindow until) {
  RestoreWindow {
    bases = List.copyOf(bases);
    if (bases.isEmpty()) {
      throw new IllegalArgumentException("without a base nothing is recovered");
    }
  }

  Instant from() {
    return bases.getFirst().entry().cutAt();
  }

  /// The last instant of which it is known that all that was logged by then is in it, or else when
  /// its last transaction began; that of its oldest base where nothing else is known.
  Instant to() {
    Instant end =
        switch (until.until().reach()) {
          case RecoverableWindow.Reach.Proven(Instant caughtUp) -> caughtUp;
          case RecoverableWindow.Reach.AtLeast(Instant last) -> last;
          case RecoverableWindow.Reach.Unknown() -> from();
        };
    return end.isBefore(from()) ? from() : end;
  }

  boolean isProven() {
    return until.until().reach() instanceof RecoverableWindow.Reach.Proven;
  }
}
