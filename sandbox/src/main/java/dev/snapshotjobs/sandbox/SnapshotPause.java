package dev.snapshotjobs.sandbox;

import java.time.Duration;
import java.time.Instant;

/// How long a server stood still because this sandbox copies files where storage would take an
/// instantaneous snapshot: an artefact, to be told apart from a stall that a job causes.
///
/// @param volume the PersistentVolume
/// @param startNanos and `endNanos` are of [System#nanoTime()]
public record SnapshotPause(
    String volume, String snapshotHandle, Instant start, long startNanos, long endNanos) {

  public Duration duration() {
    return Duration.ofNanos(endNanos - startNanos);
  }
}
