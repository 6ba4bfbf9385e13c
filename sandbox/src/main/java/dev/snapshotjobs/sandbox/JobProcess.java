package dev.snapshotjobs.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A job's main class, or a server beside it, running as a process of its own and measured from
/// outside.
public final class JobProcess {

  /// What to run. The environment holds nothing but `env`, `KUBECONFIG` and `TERMINATION_LOG`.
  public record Spec(
      String mainClass,
      List<Path> classPath,
      List<String> args,
      Map<String, String> env,
      List<String> jvmArgs) {

    public Spec {
      classPath = List.copyOf(classPath);
      args = List.copyOf(args);
      env = Map.copyOf(env);
      jvmArgs = List.copyOf(jvmArgs);
    }

    /// A main class of the class path that this JVM itself has.
    public static Spec of(String mainClass, String... args) {
      List<Path> classPath =
          List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
              .stream()
              .filter(entry -> !entry.isEmpty())
              .map(Path::of)
              .toList();
      return new Spec(mainClass, classPath, List.of(args), Map.of(), List.of());
    }

    public Spec withEnv(Map<String, String> other) {
      return new Spec(mainClass, classPath, args, other, jvmArgs);
    }

    public Spec withJvmArgs(String... others) {
      return new Spec(mainClass, classPath, args, env, List.of(others));
    }

    Spec withArgs(List<String> others) {
      return new Spec(mainClass, classPath, others, env, jvmArgs);
    }

    private List<String> commandLine() {
      List<String> line = new ArrayList<>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.addAll(jvmArgs);
      line.add("-cp");
      line.add(
          String.join(java.io.File.pathSeparator, classPath.stream().map(Path::toString).toList()));
      line.add(mainClass);
      line.addAll(args);
      return line;
    }
  }

  /// How it ended.
  record End(int exitCode, Instant time, Duration wallTime, long peakRssKib) {}

  private static final int SAMPLE_MILLIS = 20;

  private final Process process;
  private final Path runDir;
  private final Instant startTime = Instant.now();
  private final CompletableFuture<End> end = new CompletableFuture<>();

  private JobProcess(Process process, Path runDir, long startNanos) {
    this.process = process;
    this.runDir = runDir;
    Thread.ofVirtual().name("job-" + process.pid()).start(() -> measure(startNanos));
  }

  static JobProcess start(Spec spec, Path kubeconfig, Path runDir, Watchdog watchdog)
      throws IOException {
    Map<String, String> env = new HashMap<>(Map.of("KUBECONFIG", kubeconfig.toString()));
    env.putAll(spec.env());
    return start(spec.withEnv(env), runDir, watchdog);
  }

  /// Without a cluster.
  static JobProcess start(Spec spec, Path runDir, Watchdog watchdog) throws IOException {
    return start(spec.commandLine(), spec.env(), runDir, watchdog);
  }

  static JobProcess start(
      List<String> command, Map<String, String> env, Path runDir, Watchdog watchdog)
      throws IOException {
    Path terminationLog = Files.createFile(runDir.resolve("termination-log"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(runDir.toFile())
            .redirectOutput(runDir.resolve("stdout").toFile())
            .redirectError(runDir.resolve("stderr").toFile());
    builder.environment().clear();
    builder.environment().put("TERMINATION_LOG", terminationLog.toString());
    builder.environment().putAll(env);
    long startNanos = System.nanoTime();
    Process process = builder.start();
    process.getOutputStream().close();
    watchdog.watch(process);
    return new JobProcess(process, runDir, startNanos);
  }

  private void measure(long startNanos) {
    long peak = 0;
    try {
      do {
        peak = Math.max(peak, highWaterMark());
      } while (!process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS));
      Duration wallTime = Duration.ofNanos(System.nanoTime() - startNanos);
      end.complete(new End(process.exitValue(), Instant.now(), wallTime, peak));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end.completeExceptionally(e);
    }
  }

  /// The kernel's own maximum, as of the last sample; 0 once the process is gone.
  private long highWaterMark() {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  Instant startTime() {
    return startTime;
  }

  /// Empty while it runs, and for a moment after it.
  Optional<End> end() {
    return end.isDone() ? Optional.of(ended(Duration.ZERO)) : Optional.empty();
  }

  /// Calls the action once the end is known, at once where it is already.
  void onEnd(Runnable action) {
    end.thenRun(action).exceptionally(failure -> null);
  }

  /// Waits for the end of the process and returns its exit code.
  public int awaitExit(Duration atMost) {
    return ended(atMost).exitCode();
  }

  /// From the start to the end of the process.
  public Duration wallTime() {
    return ended(Duration.ZERO).wallTime();
  }

  /// The largest resident size, sampled every 20 ms from the kernel's own maximum.
  public long peakRssKib() {
    return ended(Duration.ZERO).peakRssKib();
  }

  private End ended(Duration atMost) {
    try {
      return end.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while waiting for a job", e);
    } catch (TimeoutException e) {
      throw new SandboxException("The job still runs. It has written:\n" + stdout() + stderr(), e);
    } catch (ExecutionException e) {
      throw new SandboxException("The job could not be measured", e);
    }
  }

  public String stdout() {
    return read("stdout");
  }

  public String stderr() {
    return read("stderr");
  }

  /// What the job left for `kubectl describe`.
  public String terminationMessage() {
    return read("termination-log");
  }

  private String read(String file) {
    try {
      return Files.readString(runDir.resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new SandboxException("Cannot read the job's " + file, e);
    }
  }

  /// SIGTERM, as the kubelet sends it.
  public void terminate() {
    process.destroy();
  }

  /// SIGKILL.
  public void kill() {
    process.destroyForcibly();
  }

  /// The command line as everybody on this machine can see it.
  public String visibleCommandLine() {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid()), "cmdline"))
          .replace('\0', ' ')
          .strip();
    } catch (IOException e) {
      throw new SandboxException("Cannot read the command line of " + pid(), e);
    }
  }
}
