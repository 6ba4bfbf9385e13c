package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.InstanceLease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wait until no other run works on the instance.
final class LeaseWait {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseWait.class);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private final Run run;
  private final InstanceLease.Factory leases;
  private final SnapshotSettings.Limits limits;

  LeaseWait(Run run, InstanceLease.Factory leases, SnapshotSettings.Limits limits) {
    this.run = run;
    this.leases = leases;
    this.limits = limits;
  }

  InstanceLease.Attempt acquire(String instance) throws InterruptedException {
    long deadline = System.nanoTime() + limits.leaseWait().toNanos();
    var terms = new InstanceLease.Terms(limits.underLease(), run.clock());
    Optional<InstanceLease.Attempt> told = Optional.empty();
    while (true) {
      run.stop().throwIfRequested();
      InstanceLease.Attempt attempt = leases.tryAcquire(instance, run.id(), terms);
      switch (attempt) {
        case InstanceLease.Attempt.Acquired _ -> {
          return attempt;
        }
        case InstanceLease.Attempt.Busy(String holder, Instant expires) -> {
          if (System.nanoTime() >= deadline) {
            return attempt;
          }
          if (!told.equals(Optional.of(attempt))) {
            LOG.atInfo()
                .addKeyValue("holder", holder)
                .addKeyValue("expires", expires)
                .log("another run holds the Lease");
            told = Optional.of(attempt);
          }
          run.stop().pause(TRY_AGAIN);
        }
      }
    }
  }
}
