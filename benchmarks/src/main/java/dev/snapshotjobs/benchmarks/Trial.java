package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.Optional;

/// One snapshot under load, and some time without one.
record Trial(Stall stall, Storage storage, Cost cost, Quiet quiet) {

  /// The longest time without any acknowledged commit while the snapshot was taken.
  ///
  /// @param withoutCopy the same one, less what of it the sandbox spent copying files
  record Stall(Duration whole, Duration withoutCopy) {}

  /// @param untilCut from the creation's arrival at the API until its client saw creationTime
  /// @param copy how long of that the server was stopped and its files were copied
  record Storage(Duration untilCut, Duration copy) {}

  /// The window without a snapshot that followed.
  ///
  /// @param stall the longest time without any acknowledged commit in it
  record Quiet(Duration length, Duration stall, long commits) {}

  Optional<Locking.Commits> lock() {
    return cost.locking().ofCommits();
  }

  /// What the lock adds to the time that no lock could do without; empty where there was none.
  Optional<Duration> beyondCut() {
    return lock().map(_ -> stall.whole().minus(storage.untilCut()));
  }
}
