package dev.snapshotjobs.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/// What something cost that was done to logs, in Markdown, with a column for each method.
///
/// @param bytes of the plain logs, in each trial
record EffortTable(long bytes, Map<? extends Method, List<Done>> columns) {
  private static final double MB = 1e6;
  private static final double GB = 1e9;
  private static final double NANOS = 1e9;

  @Override
  public String toString() {
    return "| p50 / worst | %s |%n| --- |%s%n"
            .formatted(
                columns.entrySet().stream()
                    .map(column -> column.getKey().label() + ", n=" + column.getValue().size())
                    .collect(Collectors.joining(" | ")),
                " ---: |".repeat(columns.size()))
        + row("wall time, s", "%.1f", done -> seconds(done))
        + speeds()
        + row("CPU seconds per GB", "%.1f", done -> cpuSeconds(done) * GB / bytes)
        + row("peak RSS, MiB", "%.0f", done -> done.effort().peakRssKib() / 1024.0)
        + row("of that anonymous, MiB", "%.0f", done -> done.effort().peakAnonymousKib() / 1024.0)
        + row("room on a disk meanwhile, MB", "%.0f", done -> done.diskBytes() / MB);
  }

  private static double seconds(Done done) {
    return done.effort().wallTime().toNanos() / NANOS;
  }

  private static double cpuSeconds(Done done) {
    return done.effort().cpuTime().toNanos() / NANOS;
  }

  /// The worst is the lowest here.
  private String speeds() {
    return line(
        "MB/s of plain logs",
        dones -> {
          Sample nanos =
              new Sample(dones.stream().map(d -> d.effort().wallTime().toNanos()).toList());
          return "%s / %s"
              .formatted(
                  number("%.0f", bytes / MB * NANOS / nanos.percentile(50)),
                  number("%.0f", bytes / MB * NANOS / nanos.max()));
        });
  }

  private String row(String name, String format, ToDoubleFunction<Done> measure) {
    return line(
        name,
        dones -> {
          Sample milli =
              new Sample(
                  dones.stream()
                      .map(done -> Math.round(measure.applyAsDouble(done) * 1000))
                      .toList());
          return number(format, milli.percentile(50) / 1000.0)
              + " / "
              + number(format, milli.max() / 1000.0);
        });
  }

  private interface Cell {
    String of(List<Done> dones);
  }

  private String line(String name, Cell cell) {
    return "| %s | %s |%n"
        .formatted(
            name, columns.values().stream().map(cell::of).collect(Collectors.joining(" | ")));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
