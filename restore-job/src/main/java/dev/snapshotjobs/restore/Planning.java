package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.restore.Planner.Planned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gathers what the bucket has of an instance, and plans a recovery over it. Needs the right to
/// list and read the bucket.
final class Planning {
  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);

  private final BucketReader documents;
  private final HistoryReader histories;
  private final LogReader logs;
  private final String instance;
  private final Optional<ClusterSnapshots.Source> cluster;
  private final Run run;

  /// @param cluster empty if the catalogue alone decides
  Planning(String instance, ObjectStore store, Optional<ClusterSnapshots.Source> cluster, Run run) {
    this.instance = instance;
    this.cluster = cluster;
    this.documents = new BucketReader(store, instance);
    this.histories = new HistoryReader(store, instance);
    this.logs = new LogReader(store, documents);
    this.run = run;
  }

  /// A plan that can be carried out.
  ///
  /// @param snapshots what the cluster says of the snapshots
  /// @param obstacles what a replay cannot follow; empty if the logs were not read
  record Proposal(
      RecoveryPlan plan, ClusterSnapshots snapshots, Optional<List<String>> obstacles) {}

  HistoryReader histories() {
    return histories;
  }

  /// What the documents say.
  record Gathered(
      Histories histories,
      List<CatalogueEntry> entries,
      ClusterSnapshots snapshots,
      List<Damage> damages) {
    Bases bases() {
      return Bases.of(entries, snapshots, histories.chains());
    }

    /// As it is once more is known of it.
    Gathered without(ArchivedLog log, Damage damage) {
      List<Damage> all = new ArrayList<>(damages);
      all.add(damage);
      return new Gathered(histories.without(log, damage), entries, snapshots, all);
    }
  }

  Gathered gather() throws IOException {
    try (Phase _ = run.report().phase("read-documents")) {
      Histories all = histories.read();
      if (all.all().isEmpty()) {
        throw nothingArchived();
      }
      List<Damage> damages = new ArrayList<>(all.damages());
      List<CatalogueEntry> entries = documents.snapshots(damages);
      damages.forEach(damage -> run.report().warn(damage.toString()));
      ClusterSnapshots snapshots = askCluster(entries);
      for (VolumeSnapshot unknown : snapshots.withoutEntry(instance, entries)) {
        run.report()
            .warn(
                "VolumeSnapshot %s has no catalogue entry and is not considered; the next run of snapshot-job writes it"
                    .formatted(unknown.name()));
      }
      return new Gathered(all, entries, snapshots, damages);
    }
  }

  /// A plan is worth having though the cluster does not answer; it says so then.
  private ClusterSnapshots askCluster(List<CatalogueEntry> entries) {
    Map<String, List<VolumeSnapshot>> answers = new HashMap<>();
    if (cluster.isPresent()) {
      for (String namespace :
          entries.stream().map(entry -> entry.snapshot().namespace()).distinct().toList()) {
        try {
          answers.put(namespace, cluster.get().in(namespace));
        } catch (KubernetesFailure failure) {
          run.report()
              .warn(
                  "whether the VolumeSnapshots of namespace %s are still there is not known: %s"
                      .formatted(namespace, failure.getMessage()));
        }
      }
    }
    return new ClusterSnapshots(answers);
  }

  /// A plan for the target; ends the run, and shows what is near, where there is none.
  ///
  /// @param quick whether to leave it at the plan, and not to read the logs that it needs
  Proposal propose(
      Target target, Optional<TimelineId> timeline, boolean quick, OutputFormat output) {
    try {
      Gathered gathered = gather();
      while (true) {
        try {
          return propose(gathered, target, timeline, quick, output);
        } catch (UnreadableLogException e) {
          run.stop().throwIfRequested(); // it breaks what is being read
          gathered = gathered.without(e.log(), damage(e));
        }
      }
    } catch (IOException e) {
      run.stop().throwIfRequested();
      throw damaged(e);
    }
  }

  /// What looked whole by its documents may not be, and then one looks again without it.
  private Damage damage(UnreadableLogException e) {
    TimelineId timeline =
        switch (e.log()) {
          case ArchivedLog.Sealed(Manifest manifest) -> manifest.timeline();
          case ArchivedLog.Open(TailPrefix tail) -> tail.chunks().getLast().timeline();
        };
    Damage damage =
        Damage.of(documents.keys(), new OfLog(timeline, e.log().log(), LogPart.DATA), e);
    run.report().warn(damage.toString());
    return damage;
  }

  private Proposal propose(
      Gathered gathered,
      Target target,
      Optional<TimelineId> timeline,
      boolean quick,
      OutputFormat output)
      throws IOException {
    Bases bases = gathered.bases();
    Planner planner =
        new Planner(
            gathered.histories(),
            bases,
            log -> new ArchivedTransactions(log, documents, logs, run.stop()));
    Planned planned;
    try (Phase _ = run.report().phase("plan")) {
      planned = planner.plan(target, timeline);
    }
    return switch (planned) {
      case Planned.Ready(RecoveryPlan plan) ->
          new Proposal(
              plan, gathered.snapshots(), quick ? Optional.empty() : Optional.of(obstacles(plan)));
      case Planned.Impossible(String why, Nearest nearest) ->
          throw impossible(new NoPlanText(why, nearest, bases.unusable()), output);
      case Planned.Ambiguous(List<TimelineId> timelines) ->
          throw JobException.misconfigured(
              RestoreReason.AMBIGUOUS,
              "timelines %s have it".formatted(timelines),
              "say which one is meant: --timeline");
    };
  }

  /// Reads all that would be replayed, and holds it against what its documents say: it can be read
  /// then, and what is in the way is known.
  private List<String> obstacles(RecoveryPlan plan) throws UnreadableLogException {
    ReplayObstacles obstacles = new ReplayObstacles();
    try (Phase _ = run.report().phase("read-logs")) {
      for (ArchivedLog log : plan.logs()) {
        boolean last = log.log().equals(plan.cut().log());
        LogInspection inspection =
            new LogInspection(run.stop(), obstacles, last ? plan.cut().offset() : Long.MAX_VALUE);
        try {
          logs.read(log, inspection);
          if (!last) {
            inspection.requireAllOf(log);
          }
        } catch (IOException e) {
          throw new UnreadableLogException(log, e);
        }
        LOG.atInfo()
            .addKeyValue("log", log.log().text())
            .addKeyValue("bytes", log.content().size())
            .log("log read");
      }
    }
    return obstacles.told();
  }

  static JobException nothingArchived() {
    return JobException.misconfigured(
        RestoreReason.NOTHING_ARCHIVED,
        "the bucket has no binary log of this instance",
        "check INSTANCE, S3_BUCKET and S3_PREFIX; those of binlog-archiver are the right ones");
  }

  static JobException damaged(IOException e) {
    return JobException.refused(
        RestoreReason.ARCHIVE_DAMAGED,
        String.valueOf(e.getMessage()),
        "run binlog-archiver verify, which says of each damage what to do",
        e);
  }

  private JobException impossible(NoPlanText text, OutputFormat output) {
    run.out().print(text.in(output));
    return JobException.refused(
        RestoreReason.UNREACHABLE,
        text.sentence(),
        "take one of the places that are named, or another --timeline; restore-job windows shows"
            + " all that can be recovered");
  }
}
