package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.mariadb.StageBudgets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a run of snapshot-job was told: every value checked, no default left open.
record SnapshotSettings(
    String instance,
    PodChoice.Wanted pod,
    Database database,
    Optional<String> snapshotClass,
    Limits limits,
    Optional<String> jobName,
    boolean dryRun,
    OutputFormat output) {

  /// How to reach the database; without a host, the pod's own address.
  record Database(
      Optional<String> host,
      int port,
      String user,
      Optional<Secret> password,
      TlsMode tls,
      Optional<Path> caFile) {

    MariaDbConnector connectorTo(String podAddress) {
      return new MariaDbConnector(host.orElse(podAddress), port, user, password, tls, caFile);
    }
  }

  /// How long each part of a run may take.
  record Limits(StageBudgets stage, int lockAttempts, Duration leaseWait, Duration readyTimeout) {
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /// Pause before the next attempt to get the lock: doubling, so that a busy server is left
    /// alone.
    Duration pauseAfter(int attempt) {
      return Duration.ofSeconds(Math.min(30, 1L << Math.min(attempt, 5)));
    }

    /// The longest time from taking the Lease to the verdict, if all goes as slowly as it may.
    Duration underLease() {
      Duration total = stage.maxHold().plus(MARGIN);
      for (int attempt = 1; attempt <= lockAttempts; attempt++) {
        total = total.plus(stage.lockWait()).plus(pauseAfter(attempt));
      }
      return total;
    }
  }
}
