package dev.snapshotjobs.common.job;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a job on a thread of its own, so that a job that hangs cannot keep the frame from
/// reporting, and turns every way in which it may end into a conclusion.
record Execution(JobCommand job, Run run, Limits limits) {

  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

  Conclusion conclusion() {
    CompletableFuture<Conclusion> ended = new CompletableFuture<>();
    Thread thread = Thread.ofPlatform().name("job").daemon().start(() -> ended.complete(perform()));
    awaitEndOrStop(ended);
    return await(ended, limits.afterStop()) ? ended.join() : abandoned(thread);
  }

  /// Asks the job to stop when the deadline passes, or when the frame itself is interrupted.
  private void awaitEndOrStop(CompletableFuture<Conclusion> ended) {
    Duration deadline = job.common().deadline();
    if (!await(CompletableFuture.anyOf(ended, run.stop().asked()), deadline)) {
      ask(StopSignal.Cause.DEADLINE);
    }
  }

  private boolean await(CompletableFuture<?> future, Duration limit) {
    try {
      future.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      // The flag stays clear: the report that follows must not be interrupted again.
      ask(StopSignal.Cause.SIGNAL);
      return await(future, limits.afterStop());
    } catch (ExecutionException e) {
      throw new IllegalStateException("these futures end only normally", e);
    }
  }

  /// On a thread of its own: an undo action that hangs must not hang the frame.
  private void ask(StopSignal.Cause cause) {
    Thread.ofPlatform().name("stop").daemon().start(() -> run.stop().request(cause));
  }

  private Conclusion perform() {
    try {
      run.stop().attach(Thread.currentThread());
      run.stop().throwIfRequested();
      return job.run(run);
    } catch (StoppedException e) {
      return Conclusion.stopped(e.why(), "");
    } catch (JobException e) {
      return failed(e);
    } catch (Exception | Error e) {
      return e instanceof EndsRun known ? failed(known.toJobException()) : unexpected(e);
    }
  }

  /// What a stop breaks (the connection of the lock, for one) fails because of the stop.
  private Conclusion failed(JobException end) {
    LOG.atError()
        .setCause(end.getCause())
        .addKeyValue("reason", end.reason().code())
        .log(end.getMessage());
    return run.stop()
        .cause()
        .filter(_ -> end.exit() == ExitCode.FAILED)
        .map(cause -> Conclusion.stopped(cause, end.getMessage()))
        .orElseGet(() -> Conclusion.of(end));
  }

  private Conclusion unexpected(Throwable error) {
    if (run.stop().requested() && error instanceof InterruptedException) {
      LOG.info("the job ended as it was asked to");
    } else if (run.stop().requested()) {
      LOG.atWarn().setCause(error).log("the job ended by an error after it was asked to stop");
    } else {
      LOG.atError().setCause(error).log("the job ended by an unexpected error");
    }
    return run.stop()
        .cause()
        .map(cause -> Conclusion.stopped(cause, ""))
        .orElseGet(() -> Conclusion.unexpected(error));
  }

  private Conclusion abandoned(Thread thread) {
    IllegalStateException where = new IllegalStateException("the job's thread is here");
    where.setStackTrace(thread.getStackTrace());
    LOG.atError().setCause(where).log("the job did not end after it was asked to stop");
    StopSignal.Cause cause = run.stop().cause().orElse(StopSignal.Cause.DEADLINE);
    return Conclusion.stopped(
        cause, "It did not end within " + limits.afterStop().toSeconds() + " s and was abandoned.");
  }
}
