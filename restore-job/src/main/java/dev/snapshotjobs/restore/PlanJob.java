package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.restore.Planner.Planned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// One run of `plan` or `windows`: gathers what the bucket has, and shows what could be done. It
/// needs the right to list and read the bucket.
final class PlanJob {
  private final BucketReader documents;
  private final HistoryReader histories;
  private final LogReader logs;
  private final Run run;

  PlanJob(String instance, ObjectStore store, Run run) {
    this.documents = new BucketReader(store, instance);
    this.histories = new HistoryReader(store, instance);
    this.logs = new LogReader(store, documents);
    this.run = run;
  }

  /// What the documents say.
  private record Gathered(Histories histories, Bases bases, List<Damage> damages) {}

  private Gathered gather() throws IOException {
    try (Phase _ = run.report().phase("read-documents")) {
      Histories all = histories.read();
      List<Damage> damages = new ArrayList<>(all.damages());
      List<CatalogueEntry> entries = documents.snapshots(damages);
      damages.forEach(damage -> run.report().warn(damage.toString()));
      return new Gathered(all, Bases.of(entries, all.chains()), damages);
    }
  }

  Conclusion execute(Target target, Optional<TimelineId> timeline, OutputFormat output) {
    try {
      Gathered gathered = gather();
      Planner planner =
          new Planner(
              gathered.histories(),
              gathered.bases(),
              log -> new ArchivedTransactions(log, documents, logs));
      try (Phase _ = run.report().phase("plan")) {
        return switch (planner.plan(target, timeline)) {
          case Planned.Ready(RecoveryPlan plan) -> ready(plan, output);
          case Planned.Impossible(String why) -> throw impossible(why, gathered.bases());
          case Planned.Ambiguous(List<TimelineId> timelines) ->
              throw JobException.misconfigured(
                  RestoreReason.AMBIGUOUS,
                  "timelines %s have it".formatted(timelines),
                  "say which one is meant: --timeline");
        };
      }
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /// Everything that a plan may be made for.
  Conclusion windows(OutputFormat output) {
    try {
      Gathered gathered = gather();
      List<RestoreWindow> windows = new ArrayList<>();
      for (Chain chain : gathered.histories().chains()) {
        List<Base> bases = gathered.bases().of(chain);
        if (!bases.isEmpty()) {
          windows.add(
              new RestoreWindow(
                  chain,
                  bases,
                  RecoverableWindow.of(chain, histories.caughtUp(chain, gathered.damages()))));
        }
      }
      run.out()
          .print(
              new WindowsText(run.clock().instant(), windows, gathered.bases().unusable())
                  .in(output));
      return Conclusion.done(
          "reported",
          RestoreReason.REPORTED,
          "%d recoverable windows, %d snapshots that are no base"
              .formatted(windows.size(), gathered.bases().unusable().size()));
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static JobException damaged(IOException e) {
    return JobException.refused(
        RestoreReason.ARCHIVE_DAMAGED,
        String.valueOf(e.getMessage()),
        "run binlog-archiver verify, which says of each damage what to do",
        e);
  }

  private Conclusion ready(RecoveryPlan plan, OutputFormat output) {
    PlanText text = new PlanText(plan);
    run.out().print(text.in(output));
    run.report().position("gtid_target", plan.cut().state().position().toString());
    return Conclusion.done("planned", RestoreReason.PLANNED, text.sentence());
  }

  private static JobException impossible(String why, Bases bases) {
    String others =
        bases.unusable().stream()
            .map(one -> "; %s is no base: %s".formatted(one.entry().snapshot().name(), one.why()))
            .limit(3)
            .collect(Collectors.joining());
    return JobException.refused(
        RestoreReason.UNREACHABLE,
        why + others,
        "restore-job windows shows what can be recovered; choose a target in there, or another"
            + " --timeline");
  }
}
