package dev.snapshotjobs.benchmarks;

import java.time.Duration;

/// What processes cost that ran one after the other.
record Effort(Duration wallTime, Duration cpuTime, long peakRssKib) {
  Effort then(Effort next) {
    return new Effort(
        wallTime.plus(next.wallTime),
        cpuTime.plus(next.cpuTime),
        Math.max(peakRssKib, next.peakRssKib));
  }
}
