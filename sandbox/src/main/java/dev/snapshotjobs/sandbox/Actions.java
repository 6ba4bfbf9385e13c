package dev.snapshotjobs.sandbox;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Runs what tests have handed in, and keeps what it threw: the thread that runs it is not the
/// test's, where a failed assertion would be noticed.
final class Actions {

  private final List<Throwable> thrown = new CopyOnWriteArrayList<>();

  void run(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) { // also the AssertionError, for which tests have actions
      thrown.add(e);
      throw e;
    }
  }

  void throwFailures() {
    if (!thrown.isEmpty()) {
      SandboxException failure = new SandboxException("A test's action failed", thrown.getFirst());
      thrown.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }
}
