package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What was measured in one situation, in Markdown, with a column for each variant.
record StallTable(String title, Map<Variant, List<Trial>> columns) {
  private static final double NANOS_PER_MILLI = 1e6;

  private interface Measure extends Function<Trial, Stream<Duration>> {}

  @Override
  public String toString() {
    return head()
        + row("longest stall", trial -> Stream.of(trial.stall().whole()))
        + row("the same without the copy", trial -> Stream.of(trial.stall().withoutCopy()))
        + row("longest stall without a snapshot", trial -> Stream.of(trial.quiet().stall()))
        + row("waited for the lock", trial -> trial.lock().map(Locking.Commits::waited).stream())
        + row("lock held", trial -> trial.lock().map(Locking.Commits::held).stream())
        + row("creation to cut seen", trial -> Stream.of(trial.storage().untilCut()))
        + row("of that the copy", trial -> Stream.of(trial.storage().copy()))
        + row("stall beyond the cut", trial -> trial.beyondCut().stream());
  }

  private String head() {
    return "| %s, ms: p50 / p99 / max | %s |%n| --- |%s%n"
        .formatted(
            title,
            columns.entrySet().stream()
                .map(column -> column.getKey().label() + ", n=" + column.getValue().size())
                .collect(Collectors.joining(" | ")),
            " ---: |".repeat(columns.size()));
  }

  private String row(String name, Measure measure) {
    return "| %s | %s |%n"
        .formatted(
            name,
            columns.values().stream()
                .map(trials -> cell(trials.stream().flatMap(measure).toList()))
                .collect(Collectors.joining(" | ")));
  }

  private static String cell(List<Duration> durations) {
    if (durations.isEmpty()) {
      return "none";
    }
    Sample sample = new Sample(durations.stream().map(Duration::toNanos).toList());
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f / %.1f",
        sample.percentile(50) / NANOS_PER_MILLI,
        sample.percentile(99) / NANOS_PER_MILLI,
        sample.max() / NANOS_PER_MILLI);
  }
}
