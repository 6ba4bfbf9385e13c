package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.config.Environment;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.InstanceLease;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.LockEvidence;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.Sandbox;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is written down once commits go on again.
class VerdictRecordTest {
  private static final BinlogState STATE =
      new BinlogState(GtidState.parse("0-1-7"), GtidPosition.parse("0-1-7"), Optional.empty());
  private static final LockEvidence FULL = new LockEvidence(true, true, true, STATE);

  @SuppressWarnings("NullAway.Init") // JUnit sets them before each test
  private static Sandbox sandbox;

  @SuppressWarnings("NullAway.Init")
  private static Cluster cluster;

  private final StopSignal stop = new StopSignal();
  private final PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
  private final Run run =
      new Run(new Environment(Map.of()), InstantSource.system(), stop, nowhere, nowhere);

  @BeforeAll
  static void start() {
    sandbox = Sandbox.start();
    sandbox.deployMariaDb(MariaDbDeployment.standard());
    cluster = Cluster.connect(Optional.of(sandbox.kubeconfig().toString()));
  }

  @AfterAll
  static void end() {
    cluster.close();
    sandbox.close();
  }

  @AfterEach
  void clearFaults() {
    sandbox.faults().clear();
  }

  @Test
  void takesAwayThePositionOfWhatIsNotProven() throws Exception {
    Cut.UnderLock seen = cut("unproven", Optional.empty(), false);
    VerdictRecord record = record("unproven");

    assertThat(Verdict.of(seen, record.contentOf(seen))).isInstanceOf(Verdict.Unproven.class);
    VolumeSnapshot marked = record.unproven(seen, List.of("nobody answered"));

    assertThat(marked.label(SnapshotKeys.STATE)).contains("crash-consistent");
    assertThat(marked.annotation(SnapshotKeys.REASON)).contains("nobody answered");
    assertThat(marked.annotations()).doesNotContainKey(SnapshotKeys.GTID_BINLOG_POS);
    assertThat(run.report().positions()).isEmpty();
  }

  @Test
  void bearsWithAnApiThatFailsForAWhile() throws Exception {
    Cut.UnderLock seen = cut("patient", Optional.of(FULL), true);
    sandbox.faults().add(FaultRule.answer("PATCH", "/volumesnapshots/", 503).times(5));

    VolumeSnapshot marked = record("patient").consistent(seen);

    assertThat(marked.label(SnapshotKeys.STATE)).contains("consistent");
  }

  @Test
  void recordsAProofAlsoWhenTheRunIsAskedToStopMeanwhile() throws Exception {
    Cut.UnderLock seen = cut("stopped", Optional.of(FULL), true);
    VerdictRecord record = record("stopped");
    sandbox.faults().add(FaultRule.answer("PATCH", "/volumesnapshots/", 503).times(6));
    CompletableFuture<VolumeSnapshot> marked = new CompletableFuture<>();
    Thread job =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    marked.complete(record.consistent(seen));
                  } catch (Exception e) {
                    marked.completeExceptionally(e);
                  }
                });
    while (sandbox.requests().stream()
        .noneMatch(r -> r.verb().equals("PATCH") && r.status() == 503)) {
      Thread.onSpinWait();
    }

    stop.request(StopSignal.Cause.SIGNAL);
    job.interrupt();

    assertThat(marked.get(30, TimeUnit.SECONDS).label(SnapshotKeys.STATE)).contains("consistent");
  }

  @Test
  void doesNotSpeakForAnInstanceThatAnotherRunHasTakenOver() throws Exception {
    Cut.UnderLock seen = cut("taken", Optional.of(FULL), true);
    VerdictRecord record = record("taken");
    sandbox
        .client()
        .leases()
        .inNamespace("shop")
        .withName("mariadb-snapshot-jobs.taken")
        .edit(
            lease -> {
              lease.getSpec().setHolderIdentity("another-run");
              return lease;
            });

    assertThatThrownBy(() -> record.consistent(seen))
        .isInstanceOf(InstanceLease.LeaseLostException.class);
    assertThat(snapshots().find("taken").orElseThrow().label(SnapshotKeys.STATE))
        .contains("pending");
  }

  private static VolumeSnapshots snapshots() {
    return cluster.volumeSnapshots("shop");
  }

  private VerdictRecord record(String instance) {
    InstanceLease.Attempt attempt =
        cluster
            .leases("shop")
            .tryAcquire(
                instance,
                run.id(),
                new InstanceLease.Terms(Duration.ofMinutes(1), InstantSource.system()));
    return switch (attempt) {
      case InstanceLease.Attempt.Acquired(InstanceLease lease) ->
          new VerdictRecord(run, snapshots(), lease);
      case InstanceLease.Attempt.Busy busy -> throw new AssertionError(busy);
    };
  }

  /// A real snapshot of which somebody says how its lock was.
  private Cut.UnderLock cut(String name, Optional<LockEvidence> evidence, boolean acknowledged)
      throws InterruptedException {
    snapshots()
        .create(
            new VolumeSnapshots.Draft(
                name,
                "data-mariadb-0",
                "sandbox",
                Map.of(SnapshotKeys.STATE, "pending"),
                Map.of(SnapshotKeys.RUN_ID, run.id(), SnapshotKeys.GTID_BINLOG_POS, "0-1-7")));
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    try (SnapshotWatch watch = snapshots().watch(name)) {
      while (System.nanoTime() < deadline) {
        if (watch.look(Duration.ofSeconds(1)) instanceof SnapshotWatch.Sight.Present(var snapshot)
            && snapshot.isCut()) {
          Instant now = Instant.EPOCH;
          return new Cut.UnderLock(
              snapshot,
              STATE,
              evidence,
              acknowledged,
              now,
              new Cut.Release(now, Duration.ofMillis(1)));
        }
      }
    }
    throw new AssertionError("no cut in time");
  }
}
