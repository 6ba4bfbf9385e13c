package dev.snapshotjobs.common.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Names one run: `20261122-173000-4f2a`, its start in UTC and something to tell apart two runs of
/// the same second.
record RunId(Instant start, int distinction) {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DISTINCTIONS = 0x1_0000;

  static RunId next(Instant start) {
    return new RunId(start, RandomGenerator.getDefault().nextInt(DISTINCTIONS));
  }

  @Override
  public String toString() {
    return "%s-%04x".formatted(SECOND.format(start), distinction);
  }
}
