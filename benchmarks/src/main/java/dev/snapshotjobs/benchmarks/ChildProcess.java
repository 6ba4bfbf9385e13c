package dev.snapshotjobs.benchmarks;

import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  /// A main class of this class path as it would run in its image, with the store's keys.
  static ChildProcess java(
      S3Server store, Map<String, String> environment, String main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx115m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Daws.accessKeyId=" + store.accessKey(),
                "-Daws.secretAccessKey=" + store.secretKey(),
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(List.of(arguments));
    return new ChildProcess(command, environment);
  }

  Effort run() throws IOException, InterruptedException {
    return run(() -> {});
  }

  /// @param each what else is to be looked at while it runs, at each sample
  Effort run(Runnable each) throws IOException, InterruptedException {
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
      each.run();
      peak = Math.max(peak, kibibytes(process, "VmHWM:"));
      anonymous = Math.max(anonymous, kibibytes(process, "RssAnon:"));
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

  /// Of a pipe all parts count, which are there at the same time.
  private static long kibibytes(Process process, String field) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .mapToLong(each -> kibibytes(each.pid(), field))
        .sum();
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
