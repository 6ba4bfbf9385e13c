package dev.snapshotjobs.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process that runs to its end, alone, and is measured from outside.
record ChildProcess(List<String> command, Map<String, String> environment) {
  private static final int SAMPLE_MILLIS = 10;

  /// In which the kernel counts the time of processes; the same on every Linux of today.
  private static final int TICKS_PER_SECOND = 100;

  /// Of /proc/self/stat, counted from behind the name: user and system time of children that have
  /// ended.
  private static final int USER_TIME = 13;

  private static final int SYSTEM_TIME = 14;

  Effort run() throws IOException, InterruptedException {
    Path said = Files.createTempFile("benchmark", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().putAll(environment);
    Duration before = timeOfEndedChildren();
    long start = System.nanoTime();
    Process process = builder.start();
    long peak = 0;
    long anonymous = 0;
    do {
      peak = Math.max(peak, kibibytes(process.pid(), "VmHWM:"));
      anonymous = Math.max(anonymous, kibibytes(process.pid(), "RssAnon:"));
    } while (!process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS));
    Duration wallTime = Duration.ofNanos(System.nanoTime() - start);
    String output = Files.readString(said);
    Files.delete(said);
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          command.getFirst() + " ended with " + process.exitValue() + ": " + output);
    }
    return new Effort(wallTime, timeOfEndedChildren().minus(before), peak, anonymous);
  }

  private static Duration timeOfEndedChildren() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }

  /// What the kernel says of the process, as of now; 0 once it is gone.
  private static long kibibytes(long pid, String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
