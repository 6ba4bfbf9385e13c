package dev.snapshotjobs.common.objects;

import java.time.Duration;

/// How long the store is waited for, how often it is asked, and how much memory an upload takes:
/// `partSize` for each part on its way and one more.
///
/// @param silence how long the store may send nothing while it works; it joins parts in that time
/// @param attempt one request with its answer, but without a body that is read as a stream
/// @param call a request with its repetitions
record S3Limits(
    Duration connect,
    Duration silence,
    Duration attempt,
    Duration call,
    int attempts,
    Duration firstPause,
    int partSize,
    int parallelParts) {

  private static final int MIB = 1 << 20;

  /// A part of 8 MiB passes 0.6 Mbit/s in one attempt; 10,000 of them are 78 GiB.
  static final S3Limits STANDARD =
      new S3Limits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          5,
          Duration.ofMillis(200),
          8 * MIB,
          3);
}
