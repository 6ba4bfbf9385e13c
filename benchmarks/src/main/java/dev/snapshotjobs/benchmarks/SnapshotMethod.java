package dev.snapshotjobs.benchmarks;

import java.sql.SQLException;
import java.time.Instant;

/// A way to have a VolumeSnapshot taken while others write.
interface SnapshotMethod {

  /// What the writers have written when the job, started after a thousand rows, has its lock: its
  /// recorded positions lay between 5,000 and 11,000.
  int AS_MANY_AS_THE_JOB = 8_000;

  /// How many rows shall be there at first, so that all methods have about as much to copy.
  int rowsBefore();

  /// Returns once the snapshot is cut and nothing is locked any more.
  ///
  /// @param beforeLock is called once, and its end awaited, when the next that comes is the lock,
  ///   or the creation where nothing is locked
  Taken take(Runnable beforeLock) throws SQLException, InterruptedException;

  /// What is left of it.
  ///
  /// @param snapshot the name of the VolumeSnapshot, which is there and to be removed
  /// @param cutSeen when whoever asked for the snapshot saw that it is cut
  record Taken(String snapshot, Instant cutSeen, Cost cost) {}
}
