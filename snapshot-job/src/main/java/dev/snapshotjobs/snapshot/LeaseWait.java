package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.InstanceLease;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
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
    while (true) {
      run.stop().throwIfRequested();
      InstanceLease.Attempt attempt =
          uninterrupted(() -> leases.tryAcquire(instance, run.id(), terms));
      switch (attempt) {
        case InstanceLease.Attempt.Acquired _ -> {
          return attempt;
        }
        case InstanceLease.Attempt.Busy(String holder, Instant expires) -> {
          if (System.nanoTime() >= deadline) {
            return attempt;
          }
          LOG.atInfo()
              .addKeyValue("holder", holder)
              .addKeyValue("expires", expires)
              .log("another run holds the Lease");
          run.stop().pause(TRY_AGAIN);
        }
      }
    }
  }

  /// A stop interrupts the run's thread. A request that is cut off may reach the API all the same,
  /// and nobody would give back the Lease that came of it; its answer is worth the wait.
  private static InstanceLease.Attempt uninterrupted(Supplier<InstanceLease.Attempt> attempt) {
    try {
      return CompletableFuture.supplyAsync(attempt, task -> Thread.ofVirtual().start(task)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KubernetesFailure failure) {
        throw failure;
      }
      throw e;
    }
  }
}
