package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.config.Secret;
import dev.snapshotjobs.common.config.TlsMode;
import dev.snapshotjobs.common.mariadb.LockBudgets;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.LockTerm;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.snapshot.DriverProfile;
import dev.snapshotjobs.common.snapshot.ReleasePoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a run of snapshot-job was told: every value checked, no default left open.
record SnapshotSettings(
    String instance,
    PodChoice.Wanted pod,
    Database database,
    Demands demands,
    Storage storage,
    Limits limits,
    Optional<Catalogue> catalogue,
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

  /// What the snapshot has to be.
  ///
  /// @param requireConsistent whether one that is not proven is removed rather than kept
  /// @param maxLag how far a replica may be behind
  record Demands(SnapshotMode mode, boolean requireConsistent, Duration maxLag) {}

  /// What is known of the storage that the cluster does not tell.
  record Storage(
      Optional<String> snapshotClass,
      Optional<ReleasePoint> releaseAt,
      Optional<Duration> minimalInterval) {

    /// The profile of the driver, with what the settings say in place of what is known or assumed.
    DriverProfile profileOf(String driver) {
      DriverProfile known = DriverProfile.of(driver).orElse(DriverProfile.unknown(driver));
      return new DriverProfile(
          driver,
          releaseAt.orElse(known.releaseAt()),
          minimalInterval.orElse(known.minimalInterval()),
          known.independent());
    }
  }

  /// Where catalogue entries go.
  record Catalogue(S3Settings bucket, LockTerm lock) {
    /// What a bucket that hardly answers can cost: it is asked again for minutes.
    static final Duration LONGEST = Duration.ofMinutes(15);

    /// For a person.
    String address(String key) {
      return "s3://%s/%s%s"
          .formatted(bucket.bucket(), bucket.prefix().isEmpty() ? "" : bucket.prefix() + "/", key);
    }
  }

  /// How long each part of a run may take.
  record Limits(LockBudgets lock, int lockAttempts, Duration leaseWait, Duration readyTimeout) {
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /// Pause before the next attempt to get the lock: doubling, so that a busy server is left
    /// alone.
    Duration pauseAfter(int attempt) {
      return Duration.ofSeconds(Math.min(30, 1L << Math.min(attempt, 5)));
    }

    /// The longest time from taking the Lease to the verdict, if all goes as slowly as it may.
    Duration underLease() {
      Duration total = lock.maxHold().plus(MARGIN);
      for (int attempt = 1; attempt <= lockAttempts; attempt++) {
        total = total.plus(lock.lockWait()).plus(pauseAfter(attempt));
      }
      return total;
    }
  }
}
