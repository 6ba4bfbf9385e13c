package dev.snapshotjobs.benchmarks;

import java.util.List;

/// Measured values of one kind, never none, in ascending order.
record Sample(List<Long> values) {

  Sample {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    values = values.stream().sorted().toList();
  }

  /// By nearest rank: the smallest measured value that at least so many percent do not exceed. So
  /// it is always a value that was seen, and nothing is interpolated.
  long percentile(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("percentile " + percent + ", not 1 to 100");
    }
    return values.get(rank(percent, values.size()) - 1);
  }

  long max() {
    return values.getLast();
  }

  /// Whether so few values have no p99 below their maximum.
  static boolean percentileIsMax(int percent, int size) {
    return rank(percent, size) == size;
  }

  private static int rank(int percent, int size) {
    return Math.ceilDiv(percent * size, 100);
  }
}
