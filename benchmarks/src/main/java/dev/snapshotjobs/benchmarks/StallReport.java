package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The table of [SnapshotStall], in Markdown.
record StallReport(Map<Variant, List<Trial>> trials) {
  private static final double NANOS_PER_MILLI = 1e6;

  private interface Measure extends Function<Trial, List<Duration>> {}

  String stalls() {
    return head()
        + row("longest stall", trial -> List.of(trial.stall().whole()))
        + row("the same without the copy", trial -> List.of(trial.stall().withoutCopy()))
        + row("longest stall without a snapshot", trial -> List.of(trial.quiet().stall()))
        + row("lock held", trial -> trial.cost().lockHeld().stream().toList())
        + row("creation to cut seen", trial -> List.of(trial.storage().untilCut()))
        + row("of that the copy", trial -> List.of(trial.storage().copy()))
        + row("stall beyond the cut", trial -> trial.beyondCut().stream().toList())
        + legend();
  }

  /// What the job itself costs; the other variants have no process of their own.
  String jobs() {
    List<Cost.Job> jobs =
        trials.values().stream()
            .flatMap(List::stream)
            .map(Trial::cost)
            .filter(Cost.Job.class::isInstance)
            .map(Cost.Job.class::cast)
            .toList();
    Sample wall = new Sample(jobs.stream().map(job -> job.wallTime().toNanos()).toList());
    Sample rss = new Sample(jobs.stream().map(Cost.Job::peakRssKib).toList());
    return """
        | the job's process | p50 | max |
        | --- | ---: | ---: |
        | wall time, s | %.2f | %.2f |
        | peak RSS, MiB | %.0f | %.0f |
        """
        .formatted(
            wall.percentile(50) / 1e9,
            wall.max() / 1e9,
            rss.percentile(50) / 1024.0,
            rss.max() / 1024.0);
  }

  /// How many commits a second there were in all windows without a snapshot.
  long quietCommitsPerSecond() {
    List<Trial.Quiet> quiet =
        trials.values().stream().flatMap(List::stream).map(Trial::quiet).toList();
    long commits = quiet.stream().mapToLong(Trial.Quiet::commits).sum();
    long nanos = quiet.stream().mapToLong(window -> window.length().toNanos()).sum();
    return Math.round(commits * 1e9 / nanos);
  }

  private String legend() {
    int smallest = trials.values().stream().mapToInt(List::size).min().orElse(0);
    String few =
        Sample.percentileIsMax(99, smallest)
            ? "; of %d values the p99 is the maximum".formatted(smallest)
            : "";
    return "%nPercentiles by nearest rank%s.%n".formatted(few);
  }

  private String head() {
    return "| ms: p50 / p99 / max | %s |%n| --- |%s%n"
        .formatted(
            trials.entrySet().stream()
                .map(entry -> entry.getKey().label() + ", n=" + entry.getValue().size())
                .collect(Collectors.joining(" | ")),
            " ---: |".repeat(trials.size()));
  }

  private String row(String name, Measure measure) {
    return "| %s | %s |%n"
        .formatted(
            name,
            trials.values().stream()
                .map(of -> cell(of.stream().map(measure).flatMap(List::stream).toList()))
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
