package dev.snapshotjobs.common.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one VolumeSnapshot by a watch, and by a read whenever the watch is silent or has ended
/// (410, a closed stream, an API that restarts): an event that never arrives costs time, not truth.
public final class SnapshotWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotWatch.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final int DOUBLED_AT_MOST = 10;

  private final VolumeSnapshots snapshots;
  private final String name;
  private final Resource<GenericKubernetesResource> resource;
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private @Nullable Watch watch;
  private int failures;

  private sealed interface Signal {
    record Event(Sight sight) implements Signal {}

    record Ended() implements Signal {}
  }

  /// What a look at the VolumeSnapshot showed.
  public sealed interface Sight {
    record Present(VolumeSnapshot snapshot) implements Sight {}

    record Gone() implements Sight {}

    /// The API did not answer; the next look tries again.
    record Unknown(KubernetesFailure failure) implements Sight {}

    /// What it shows of exactly that object: another one of its name is not it, and one that
    /// somebody deletes is as good as gone.
    default Sight of(VolumeSnapshot meant) {
      return this instanceof Present(VolumeSnapshot now)
              && (!now.uid().equals(meant.uid()) || now.beingDeleted())
          ? new Gone()
          : this;
    }
  }

  SnapshotWatch(
      VolumeSnapshots snapshots, String name, Resource<GenericKubernetesResource> resource) {
    this.snapshots = snapshots;
    this.name = name;
    this.resource = resource;
  }

  /// Begins to listen. The VolumeSnapshot need not exist yet: who opens the watch before creating
  /// it saves that time later, when commits wait.
  public void open() {
    watch = Cluster.request("watching VolumeSnapshot " + name, () -> resource.watch(new Ears()));
  }

  /// Looks at the VolumeSnapshot as soon as something has happened to it, at the latest after this
  /// time. Without an open watch the look is immediate and opens one.
  public Sight look(Duration atMost) throws InterruptedException {
    if (watch == null) {
      return openAndRead(atMost);
    }
    @Nullable Signal newest = signals.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    for (Signal later = signals.poll(); later != null; later = signals.poll()) {
      newest = later;
    }
    return switch (newest) {
      case Signal.Event(Sight sight) -> sight;
      case Signal.Ended() -> {
        close();
        yield openAndRead(atMost);
      }
      case null -> read();
    };
  }

  private Sight openAndRead(Duration atMost) throws InterruptedException {
    try {
      open();
      failures = 0;
    } catch (KubernetesFailure failure) {
      LOG.atDebug().setCause(failure).log("a watch could not be opened, reading instead");
      Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, DOUBLED_AT_MOST));
      // Nothing to wait for: the queue stays empty while no watch is open, so this is the pause.
      var _ = signals.poll(Math.min(pause.toMillis(), atMost.toMillis()), TimeUnit.MILLISECONDS);
    }
    return read();
  }

  private Sight read() {
    try {
      return snapshots.findOnce(name).<Sight>map(Sight.Present::new).orElseGet(Sight.Gone::new);
    } catch (KubernetesFailure failure) {
      return new Sight.Unknown(failure);
    }
  }

  /// Never fails: what was seen counts, however the watch ends.
  @Override
  public void close() {
    if (watch != null) {
      try {
        watch.close();
      } catch (KubernetesClientException e) {
        LOG.atDebug().setCause(e).log("a watch could not be closed");
      }
      watch = null;
    }
    signals.clear();
  }

  private final class Ears implements Watcher<GenericKubernetesResource> {
    @Override
    public void eventReceived(Action action, GenericKubernetesResource object) {
      switch (action) {
        case ADDED, MODIFIED ->
            signals.add(new Signal.Event(new Sight.Present(SnapshotObjects.snapshot(object))));
        case DELETED -> signals.add(new Signal.Event(new Sight.Gone()));
        case ERROR -> signals.add(new Signal.Ended());
        case BOOKMARK -> {}
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      signals.add(new Signal.Ended());
    }
  }
}
