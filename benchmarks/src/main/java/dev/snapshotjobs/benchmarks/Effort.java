package dev.snapshotjobs.benchmarks;

import java.time.Duration;

/// What processes cost that ran one after the other.
///
/// @param peakAnonymousKib what of its memory is no file that could be read again: what counts
///   where memory is limited
record Effort(Duration wallTime, Duration cpuTime, long peakRssKib, long peakAnonymousKib) {
  Effort then(Effort next) {
    return new Effort(
        wallTime.plus(next.wallTime),
        cpuTime.plus(next.cpuTime),
        Math.max(peakRssKib, next.peakRssKib),
        Math.max(peakAnonymousKib, next.peakAnonymousKib));
  }
}
