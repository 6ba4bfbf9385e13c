package dev.snapshotjobs.benchmarks;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What [SnapshotStall] prints of its trials, in Markdown.
record StallReport(Map<Turn, List<Trial>> trials) {

  /// A table for each situation, and how to read their numbers.
  String stalls() {
    return Arrays.stream(Situation.values())
            .map(situation -> "%s%n".formatted(table(situation)))
            .collect(Collectors.joining())
        + legend();
  }

  private StallTable table(Situation situation) {
    Map<Variant, List<Trial>> columns = new EnumMap<>(Variant.class);
    Turn.allIn(situation).forEach(turn -> columns.put(turn.variant(), of(turn)));
    return new StallTable(situation.label(), columns);
  }

  private String legend() {
    int smallest = trials.values().stream().mapToInt(List::size).min().orElse(0);
    String few =
        Sample.percentileIsMax(99, smallest)
            ? "; of %d values the p99 is the maximum".formatted(smallest)
            : "";
    return "Percentiles by nearest rank%s.%n".formatted(few);
  }

  /// What the job itself costs; the other variants have no process of their own.
  String jobs() {
    return """
        | the job's process: p50 / max | wall time, s | peak RSS, MiB |
        | --- | ---: | ---: |
        """
        + Turn.all().flatMap(turn -> jobRow(turn, of(turn))).collect(Collectors.joining());
  }

  private static Stream<String> jobRow(Turn turn, List<Trial> trials) {
    List<Cost.Job> jobs =
        trials.stream()
            .map(Trial::cost)
            .filter(Cost.Job.class::isInstance)
            .map(Cost.Job.class::cast)
            .toList();
    if (jobs.isEmpty()) {
      return Stream.empty();
    }
    Sample wall = new Sample(jobs.stream().map(job -> job.wallTime().toNanos()).toList());
    Sample rss = new Sample(jobs.stream().map(Cost.Job::peakRssKib).toList());
    return Stream.of(
        String.format(
            Locale.ROOT,
            "| %s | %.2f / %.2f | %.0f / %.0f |%n",
            turn,
            wall.percentile(50) / 1e9,
            wall.max() / 1e9,
            rss.percentile(50) / 1024.0,
            rss.max() / 1024.0));
  }

  /// How many commits a second there were in all windows without a snapshot.
  long quietCommitsPerSecond() {
    List<Trial.Quiet> quiet =
        trials.values().stream().flatMap(List::stream).map(Trial::quiet).toList();
    long commits = quiet.stream().mapToLong(Trial.Quiet::commits).sum();
    long nanos = quiet.stream().mapToLong(window -> window.length().toNanos()).sum();
    return Math.round(commits * 1e9 / nanos);
  }

  private List<Trial> of(Turn turn) {
    return trials.getOrDefault(turn, List.of());
  }
}
