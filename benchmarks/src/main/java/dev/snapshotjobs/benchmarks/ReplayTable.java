package dev.snapshotjobs.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What only a replay is asked: round by round, how much faster one method is than the other, and
/// where the time of a restore goes. In Markdown.
///
/// @param bytes of the plain logs
record ReplayTable(long bytes, long transactions, Map<ReplayMethod, List<Replayed>> trials) {
  private static final double GB = 1e9;
  private static final double NANOS = 1e9;

  /// Both methods have as many rounds.
  String ratios() {
    StringBuilder table =
        new StringBuilder(
            """
            | round | times as fast | transactions/s, restore-job | transactions/s, mariadb-binlog | server's CPU seconds per GB, restore-job | the same, mariadb-binlog |
            | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    List<Replayed> jobs = trials.getOrDefault(ReplayMethod.JOB, List.of());
    List<Replayed> pipes = trials.getOrDefault(ReplayMethod.PIPE, List.of());
    for (int round = 0; round < jobs.size(); round++) {
      Replayed job = jobs.get(round);
      Replayed pipe = pipes.get(round);
      table.append(
          String.format(
              Locale.ROOT,
              "| %d | %.1f | %,.0f | %,.0f | %.1f | %.1f |%n",
              round + 1,
              seconds(pipe) / seconds(job),
              transactions / seconds(job),
              transactions / seconds(pipe),
              seconds(job.serverCpu()) * GB / bytes,
              seconds(pipe.serverCpu()) * GB / bytes));
    }
    return table.toString();
  }

  String phases() {
    StringBuilder table = new StringBuilder("| p50 / worst | s |%n| --- | ---: |%n".formatted());
    List<Replayed> jobs = trials.getOrDefault(ReplayMethod.JOB, List.of());
    for (String phase : jobs.getFirst().phases().keySet()) {
      Sample nanos =
          new Sample(
              jobs.stream()
                  .map(job -> job.phases().getOrDefault(phase, Duration.ZERO).toNanos())
                  .toList());
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f / %.2f |%n",
              phase,
              nanos.percentile(50) / NANOS,
              nanos.max() / NANOS));
    }
    return table.toString();
  }

  private static double seconds(Replayed replayed) {
    return seconds(replayed.done().effort().wallTime());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS;
  }
}
