package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.InstanceLease;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.kube.Workloads;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.common.snapshot.DriverProfile;
import dev.snapshotjobs.snapshot.Gathering.Gathered;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run: gather, plan, show, act, report.
final class SnapshotJob {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotJob.class);

  private final SnapshotSettings settings;
  private final Cluster cluster;
  private final String namespace;
  private final Run run;
  private final VolumeSnapshots snapshots;

  SnapshotJob(SnapshotSettings settings, Cluster cluster, String namespace, Run run) {
    this.settings = settings;
    this.cluster = cluster;
    this.namespace = namespace;
    this.run = run;
    this.snapshots = cluster.volumeSnapshots(namespace);
  }

  Conclusion execute() throws SQLException, InterruptedException {
    Gathered gathered;
    try (Phase _ = run.report().phase("preflight")) {
      gathered = new Gathering(settings, cluster, namespace, run.report()).gather();
    }
    Optional<Conclusion> refused = Conclusions.ofFindings(gathered.findings(), run.report());
    return switch (gathered) {
      case Gathered.Complete facts when refused.isEmpty() -> withFacts(facts);
      case Gathered.Complete _, Gathered.WithoutDatabase _ ->
          refused.orElseThrow(() -> new IllegalStateException("no database and no finding"));
    };
  }

  private Conclusion withFacts(Gathered.Complete facts) throws SQLException, InterruptedException {
    var wish = wish(facts);
    SnapshotPlan plan = SnapshotPlanner.plan(wish, snapshots.list());
    if (settings.dryRun()) {
      run.out().print(PlanText.of(settings, facts, plan).in(settings.output()));
      return Conclusions.planned(plan);
    }
    if (hadToWaitForTheStorage(plan)) {
      return execute(); // what was gathered may be minutes old
    }
    InstanceLease.Attempt attempt;
    try (Phase _ = run.report().phase("lease")) {
      attempt =
          new LeaseWait(run, cluster.leases(namespace), settings.limits())
              .acquire(settings.instance());
    }
    return switch (attempt) {
      case InstanceLease.Attempt.Busy busy ->
          Conclusions.leaseBusy(busy, settings.limits().leaseWait());
      case InstanceLease.Attempt.Acquired(InstanceLease lease) -> holding(lease, facts, wish);
    };
  }

  /// Before the Lease: another run may use the time, and what it did is seen under the Lease.
  private boolean hadToWaitForTheStorage(SnapshotPlan plan) throws InterruptedException {
    return switch (plan) {
      case SnapshotPlan.Adopt _ -> false;
      case SnapshotPlan.Take take -> {
        Duration wait = Duration.between(run.clock().instant(), take.notBefore());
        if (wait.isPositive()) {
          LOG.atInfo()
              .addKeyValue("not_before", take.notBefore())
              .log("waiting until the storage takes another snapshot of this volume");
          try (Phase _ = run.report().phase("interval")) {
            run.stop().pause(wait);
          }
        }
        yield wait.isPositive();
      }
    };
  }

  private Conclusion holding(
      InstanceLease lease, Gathered.Complete facts, SnapshotPlanner.Wish wish)
      throws SQLException, InterruptedException {
    Attempted attempted;
    try (lease) {
      attempted = underLease(facts, wish, lease);
    } catch (InstanceLease.LeaseLostException e) {
      return Conclusions.leaseLost(e);
    }
    return switch (attempted) {
      case Attempted.Ended(Conclusion conclusion) -> conclusion;
      case Attempted.Made(VolumeSnapshot snapshot, Duration blockedFor) ->
          catalogued(
              snapshot,
              new ReadyWait(run, snapshots, settings.limits().readyTimeout())
                  .await(snapshot, blockedFor));
    };
  }

  /// Last of all: by now no lock and no Lease is held, however long the bucket takes.
  private Conclusion catalogued(VolumeSnapshot made, Conclusion conclusion) {
    if (settings.catalogue().isEmpty()) {
      LOG.info(
          "no S3_BUCKET: a restore needs the objects of this cluster, since no catalogue entry is"
              + " written");
      return conclusion;
    }
    SnapshotSettings.Catalogue catalogue = settings.catalogue().get();
    return new Cataloguing(
            run,
            snapshots,
            settings.instance(),
            catalogue,
            () -> S3ObjectStore.connect(catalogue.bucket()))
        .after(conclusion, made);
  }

  /// What there is once the Lease is given back.
  private sealed interface Attempted {
    /// A snapshot that counts once it is ready.
    record Made(VolumeSnapshot snapshot, Duration blockedFor) implements Attempted {}

    record Ended(Conclusion conclusion) implements Attempted {}
  }

  private Attempted underLease(
      Gathered.Complete facts, SnapshotPlanner.Wish wish, InstanceLease lease)
      throws SQLException, InterruptedException {
    SnapshotPlan plan = SnapshotPlanner.plan(wish, snapshots.list());
    LOG.atInfo()
        .addKeyValue("plan", plan.getClass().getSimpleName())
        .addKeyValue("leftovers", plan.leftovers().size())
        .log("planned");
    Leftovers leftovers = new Leftovers(run, snapshots);
    for (VolumeSnapshot leftover : plan.leftovers()) {
      run.stop().throwIfRequested();
      lease.renew();
      leftovers.abort(leftover, "left behind by an earlier run whose lock is gone");
    }
    return switch (plan) {
      case SnapshotPlan.Adopt(VolumeSnapshot proven, List<VolumeSnapshot> _) -> {
        Conclusions.told(proven, run.report());
        yield new Attempted.Made(proven, Duration.ZERO);
      }
      case SnapshotPlan.Take take when take.notBefore().isAfter(run.clock().instant()) ->
          new Attempted.Ended(Conclusions.tooSoon(take.notBefore(), wish.claimName()));
      case SnapshotPlan.Take take -> take(facts, wish.slot(), take.name(), lease, leftovers);
    };
  }

  private Attempted take(
      Gathered.Complete facts,
      Workloads.Slot slot,
      String name,
      InstanceLease lease,
      Leftovers leftovers)
      throws SQLException, InterruptedException {
    lease.renew();
    Cut cut;
    try {
      cut = cut(facts, slot, name, lease);
    } catch (InstanceLease.LeaseLostException e) {
      // Whoever has the Lease now removes what this run made.
      throw e;
    } catch (SQLException | RuntimeException | InterruptedException e) {
      stopIsOver();
      leftovers.abortOwn(name);
      throw e;
    }
    stopIsOver();
    Attempted attempted =
        switch (cut) {
          case Cut.NothingCreated nothing -> {
            leftovers.abortOwn(name);
            yield new Attempted.Ended(Conclusions.nothingCreated(nothing));
          }
          case Cut.Missed missed -> {
            leftovers.abort(missed.snapshot(), missed.why());
            yield new Attempted.Ended(Conclusions.missed(missed));
          }
          case Cut.Seen seen -> judged(seen, facts, lease, leftovers);
        };
    run.stop().throwIfRequested();
    return attempted;
  }

  private Cut cut(Gathered.Complete facts, Workloads.Slot slot, String name, InstanceLease lease)
      throws SQLException, InterruptedException {
    SnapshotMode mode = settings.demands().mode();
    SnapshotDescription description =
        new SnapshotDescription(
            settings.instance(),
            run.id(),
            slot,
            mode,
            Conclusions.againstRecovery(facts.findings()),
            facts.cluster(),
            facts.server());
    String claim = facts.cluster().volume().orElseThrow().claimName();
    String snapshotClass = Gathering.snapshotClass(facts.cluster(), settings);
    SnapshotSettings.Limits limits = settings.limits();
    if (mode.lock().isEmpty()) {
      return new CutWithoutLock(run, snapshots, lease, limits.readyTimeout())
          .take(description.draft(name, claim, snapshotClass));
    }
    DriverProfile driver = settings.storage().profileOf(Gathering.driver(facts.cluster()));
    var terms = new CutUnderLock.Terms(mode.lock().get(), limits, driver.releaseAt());
    return new CutUnderLock(run, snapshots, facts.connector(), terms)
        .take(
            name,
            facts.server().variable("hostname"),
            (state, at) -> description.draft(name, claim, snapshotClass, state, at));
  }

  private Attempted judged(
      Cut.Seen seen, Gathered.Complete facts, InstanceLease lease, Leftovers leftovers)
      throws SQLException, InterruptedException {
    var record = new VerdictRecord(run, snapshots, lease);
    Optional<VolumeSnapshotContent> content = record.contentOf(seen);
    Verdict verdict =
        switch (seen) {
          case Cut.UnderLock underLock -> Verdict.of(underLock, content);
          case Cut.WithoutLock withoutLock ->
              Verdict.of(withoutLock, content, Preflight.againstNoLock(asItIsNow(facts)));
        };
    try {
      return switch (verdict) {
        case Verdict.Consistent() ->
            new Attempted.Made(record.consistent(seen), seen.release().blockedFor());
        case Verdict.CrashConsistent() ->
            new Attempted.Made(record.crashConsistent(seen), Duration.ZERO);
        case Verdict.Unproven(List<String> missing) when settings.demands().requireConsistent() ->
            worthless(
                seen,
                new Verdict.Worthless(
                    SnapshotReason.LOCK_NOT_PROVEN,
                    String.join("; ", missing) + " (REQUIRE_CONSISTENT)"),
                leftovers);
        case Verdict.Unproven(List<String> missing) ->
            new Attempted.Ended(Conclusions.unproven(record.unproven(seen, missing), missing));
        case Verdict.Worthless worthless -> worthless(seen, worthless, leftovers);
      };
    } catch (VolumeSnapshots.ChangedMeanwhileException e) {
      return new Attempted.Ended(
          Conclusions.changed(seen.snapshot(), String.valueOf(e.getMessage())));
    }
  }

  private static Attempted worthless(Cut.Seen seen, Verdict.Worthless verdict, Leftovers leftovers)
      throws InterruptedException {
    leftovers.abort(seen.snapshot(), verdict.why());
    return new Attempted.Ended(
        Conclusions.missed(new Cut.Missed(seen.snapshot(), verdict.reason(), verdict.why())));
  }

  private ServerFacts asItIsNow(Gathered.Complete facts) throws SQLException {
    return Gathering.inspect(facts.connector(), settings);
  }

  /// A stop has ended the lock by now. What is left to do is short and must still reach the API,
  /// which an interrupted thread cannot.
  private void stopIsOver() {
    if (run.stop().requested()) {
      boolean _ = Thread.interrupted();
    }
  }

  private SnapshotPlanner.Wish wish(Gathered.Complete facts) {
    return new SnapshotPlanner.Wish(
        settings.instance(),
        slot(),
        facts.cluster().volume().orElseThrow().claimName(),
        settings.storage().profileOf(Gathering.driver(facts.cluster())).minimalInterval());
  }

  /// A later pod of the same Job must find the first one's work, so the Job says the time.
  private Workloads.Slot slot() {
    return settings
        .jobName()
        .flatMap(name -> cluster.workloads(namespace).slotOfJob(name))
        .orElseGet(
            () ->
                new Workloads.Slot(
                    run.clock().instant().truncatedTo(ChronoUnit.SECONDS),
                    Workloads.Slot.Origin.START_OF_RUN));
  }
}
