package dev.snapshotjobs.common.job;

import java.time.Duration;

/// How long the frame waits for others: for the job to end after it was asked to stop, and for the
/// sinks to take the outcome. Together they stay below the 30 seconds that Kubernetes gives.
record Limits(Duration afterStop, Duration forSinks) {

  static final Limits STANDARD = new Limits(Duration.ofSeconds(14), Duration.ofSeconds(5));
}
