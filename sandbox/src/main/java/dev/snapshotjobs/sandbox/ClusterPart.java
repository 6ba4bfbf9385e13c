package dev.snapshotjobs.sandbox;

import java.util.List;
import java.util.function.Supplier;

/// A controller that can be away: not installed, being upgraded, on a lost node.
public final class ClusterPart {

  private final ReconcileLoop loop;
  private final Supplier<List<ObjectKey>> everything;

  /// @param everything what there is to look at after an absence
  ClusterPart(ReconcileLoop loop, Supplier<List<ObjectKey>> everything) {
    this.loop = loop;
    this.everything = everything;
  }

  /// Returns once the controller does nothing any more.
  public void stop() {
    loop.pause();
  }

  /// The controller looks at all that is there, as after its own start.
  public void start() {
    loop.resume();
    everything.get().forEach(loop::enqueue);
  }
}
