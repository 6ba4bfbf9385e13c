package dev.snapshotjobs.common.job;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Turns SIGTERM and SIGINT into a stop request, and holds the process until the run has reported.
final class SignalHook {

  /// More than a run may need after a stop, less than the 30 seconds that Kubernetes gives.
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final StopSignal stop;
  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  private SignalHook(StopSignal stop) {
    this.stop = stop;
  }

  static SignalHook install(StopSignal stop) {
    SignalHook hook = new SignalHook(stop);
    Runtime.getRuntime().addShutdownHook(new Thread(hook::onShutdown, "signal"));
    return hook;
  }

  /// The run has reported and the process may end.
  void ended(int exitStatus) {
    status.complete(exitStatus);
  }

  private void onShutdown() {
    if (status.isDone()) {
      return; // an ordinary exit
    }
    Thread.ofPlatform().name("stop").daemon().start(() -> stop.request(StopSignal.Cause.SIGNAL));
    int exitStatus = awaitStatus();
    System.out.flush();
    System.err.flush();
    // The JVM would exit with 143 even when the job had ended well in spite of the signal.
    Runtime.getRuntime().halt(exitStatus);
  }

  private int awaitStatus() {
    try {
      return status.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | InterruptedException | ExecutionException e) {
      return ExitCode.STOPPED.code();
    }
  }
}
