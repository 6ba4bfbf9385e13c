package dev.snapshotjobs.common.bucket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads several documents at once: each takes milliseconds in which nothing but waiting is done,
/// and there may be thousands.
final class Together {
  private static final int AT_ONCE = 8;

  private Together() {}

  /// Reads one.
  interface Reading<P, T> {
    T of(P place) throws IOException;
  }

  /// What was read, in the order of the places. The first that fails ends it.
  static <P, T> List<T> read(Collection<P> places, Reading<P, T> reading) throws IOException {
    List<T> all = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory());
    try (threads) {
      try {
        List<Future<T>> futures =
            places.stream().map(place -> threads.submit(() -> reading.of(place))).toList();
        for (Future<T> future : futures) {
          all.add(result(future));
        }
        return all;
      } finally {
        threads.shutdownNow(); // nobody waits for the others
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// The end of a reading that somebody does not want any more.
  static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading");
    interrupted.initCause(e);
    return interrupted;
  }

  /// What somebody else has read, or why not.
  static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw cause(e);
    }
  }

  private static IOException cause(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException failed -> failed;
      case RuntimeException failed -> throw failed;
      case Error failed -> throw failed;
      case null, default -> throw new IllegalStateException("reading failed", e);
    };
  }
}
