package dev.snapshotjobs.common.objects;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// The memory of one upload: buffers of one size, never more than a fixed number.
final class PartBuffers {

  private final int size;
  private final Semaphore free;
  private final ConcurrentLinkedQueue<byte[]> unused = new ConcurrentLinkedQueue<>();
  private final AtomicInteger allocated = new AtomicInteger();

  PartBuffers(int size, int count) {
    this.size = size;
    free = new Semaphore(count);
  }

  int size() {
    return size;
  }

  /// Waits for one to be given back.
  byte[] take() throws InterruptedException {
    free.acquire();
    byte[] buffer = unused.poll();
    if (buffer == null) {
      allocated.incrementAndGet();
      return new byte[size];
    }
    return buffer;
  }

  void giveBack(byte[] buffer) {
    unused.add(buffer);
    free.release();
  }

  /// How many there have ever been.
  int allocated() {
    return allocated.get();
  }
}
