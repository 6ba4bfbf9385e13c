package dev.snapshotjobs.sandbox;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Calls a controller for one object at a time: whenever something changed, again after an error
/// and again when the controller asks for it.
final class ReconcileLoop implements AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);
  private static final System.Logger LOG = System.getLogger(ReconcileLoop.class.getName());

  /// Brings the world nearer to what an object asks for; may be called at any time.
  interface Reconciler {

    /// When to look again without being asked; empty: at the next event.
    Optional<Duration> reconcile(ObjectKey key);
  }

  private static final class Work {
    boolean running;
    boolean again;
    int failures;
    @Nullable ScheduledFuture<?> timer;
  }

  private final String name;
  private final Reconciler reconciler;
  private final Map<ObjectKey, Work> works = new HashMap<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private boolean paused;
  private boolean closed;

  ReconcileLoop(String name, Reconciler reconciler) {
    this.name = name;
    this.reconciler = reconciler;
  }

  synchronized void enqueue(ObjectKey key) {
    if (closed || paused) {
      return;
    }
    Work work = works.computeIfAbsent(key, ignored -> new Work());
    if (work.running) {
      work.again = true;
      return;
    }
    work.running = true;
    workers.execute(() -> work(key, work));
  }

  private void work(ObjectKey key, Work work) {
    Optional<Duration> later;
    try {
      later = reconciler.reconcile(key);
      work.failures = 0;
    } catch (RuntimeException e) {
      later = Optional.of(backOff(work.failures++));
      if (!isClosed()) {
        LOG.log(System.Logger.Level.DEBUG, () -> name + " of " + key + " will be tried again", e);
      }
    }
    settle(key, work, later);
  }

  private synchronized void settle(ObjectKey key, Work work, Optional<Duration> later) {
    if (closed) {
      return;
    }
    if (work.timer != null) {
      work.timer.cancel(false);
      work.timer = null;
    }
    if (paused) {
      works.remove(key);
      notifyAll();
      return;
    }
    work.running = work.again;
    if (work.again) {
      work.again = false;
      workers.execute(() -> work(key, work));
    } else if (later.isPresent()) {
      work.timer =
          timer.schedule(() -> enqueue(key), later.get().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /// Forgets all work and returns when nothing is under way any more; events are missed from then
  /// on.
  synchronized void pause() {
    paused = true;
    works
        .values()
        .removeIf(
            work -> {
              if (work.timer != null) {
                work.timer.cancel(false);
              }
              return !work.running;
            });
    try {
      while (!works.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while pausing the controller of " + name, e);
    }
  }

  synchronized void resume() {
    paused = false;
  }

  private static Duration backOff(int failures) {
    Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 10));
    return delay.compareTo(LONGEST_RETRY) < 0 ? delay : LONGEST_RETRY;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    timer.shutdownNow();
    workers.shutdownNow();
    workers.close();
  }
}
