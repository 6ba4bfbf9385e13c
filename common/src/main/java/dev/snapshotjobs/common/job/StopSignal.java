package dev.snapshotjobs.common.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a run to stop: a signal, or the deadline.
///
/// Undo actions run at once, on the thread that asks, the last registered first, and before the
/// job's thread is interrupted. So a database is unlocked in milliseconds, whatever the job is
/// waiting for. They must therefore be quick, and safe beside the job's own thread.
public final class StopSignal {

  /// Who asked.
  public enum Cause {
    SIGNAL,
    DEADLINE
  }

  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final CompletableFuture<Cause> asked = new CompletableFuture<>();
  private final Deque<Action> actions = new ArrayDeque<>();
  private final Object interrupting = new Object();
  private @Nullable Thread job;
  private boolean undone;

  public Optional<Cause> cause() {
    return Optional.ofNullable(asked.getNow(null));
  }

  public boolean requested() {
    return asked.isDone();
  }

  /// Only the first request counts.
  public void request(Cause cause) {
    synchronized (actions) {
      if (!asked.complete(cause)) {
        return;
      }
    }
    // From here on nothing is added: later registrations run at once.
    for (Action action = next(); action != null; action = next()) {
      action.run();
    }
    synchronized (interrupting) {
      undone = true;
      interruptJob();
    }
  }

  public void throwIfRequested() {
    cause()
        .ifPresent(
            cause -> {
              throw new StoppedException(cause);
            });
  }

  /// Lets time pass, but not a moment longer than until a stop.
  public void pause(Duration atMost) throws InterruptedException {
    try {
      asked.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return; // the pause is over
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request to stop cannot fail", e);
    }
    throwIfRequested();
  }

  /// Registers what a stop must undo; after a request it is undone at once. `what` completes "could
  /// not …" in the log: "unlock the database".
  public Undo onStop(String what, Runnable undo) {
    Action action = new Action(what, undo);
    synchronized (actions) {
      if (!requested()) {
        actions.push(action);
        return () -> close(action);
      }
    }
    action.run();
    return () -> {};
  }

  /// The thread to interrupt once everything is undone.
  void attach(Thread thread) {
    synchronized (interrupting) {
      job = thread;
      if (undone) {
        interruptJob();
      }
    }
  }

  CompletableFuture<Cause> asked() {
    return asked.copy();
  }

  private void close(Action action) {
    synchronized (actions) {
      actions.remove(action);
    }
    action.cancel();
  }

  private @Nullable Action next() {
    synchronized (actions) {
      return actions.poll();
    }
  }

  private void interruptJob() {
    if (job != null) {
      job.interrupt();
    }
  }

  /// Runs at most once, and never after it was cancelled. The lock is reentrant, because an action
  /// may close its own registration.
  private static final class Action {

    private final String what;
    private final Runnable undo;
    private final ReentrantLock running = new ReentrantLock();
    private boolean over;

    Action(String what, Runnable undo) {
      this.what = what;
      this.undo = undo;
    }

    void run() {
      running.lock();
      try {
        if (!over) {
          over = true;
          undo.run();
        }
      } catch (RuntimeException | Error e) {
        // The others still have to be undone, and the job to be interrupted.
        LOG.atError().setCause(e).addKeyValue("undo", what).log("undo failed");
      } finally {
        running.unlock();
      }
    }

    void cancel() {
      running.lock();
      try {
        over = true;
      } finally {
        running.unlock();
      }
    }
  }
}
