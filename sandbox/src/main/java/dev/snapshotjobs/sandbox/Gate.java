package dev.snapshotjobs.sandbox;

/// Lets everybody through, or holds everybody until it is opened again.
final class Gate {

  private boolean open = true;

  synchronized void set(boolean opened) {
    open = opened;
    notifyAll();
  }

  synchronized void pass() throws InterruptedException {
    while (!open) {
      wait();
    }
  }
}
