package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.Event;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `plan` or `windows`: gathers what the bucket has, and shows what could be done. It
/// needs the right to list and read the bucket.
final class PlanJob {
  private static final Logger LOG = LoggerFactory.getLogger(PlanJob.class);

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

  /// @param quick whether to leave it at the plan, and not to read the logs that it needs
  Conclusion execute(
      Target target, Optional<TimelineId> timeline, boolean quick, OutputFormat output) {
    try {
      Gathered gathered = gather();
      Planner planner =
          new Planner(
              gathered.histories(),
              gathered.bases(),
              log -> new ArchivedTransactions(log, documents, logs));
      Planned planned;
      try (Phase _ = run.report().phase("plan")) {
        planned = planner.plan(target, timeline);
      }
      return switch (planned) {
        case Planned.Ready(RecoveryPlan plan) ->
            ready(plan, quick ? Optional.empty() : Optional.of(obstacles(plan)), output);
        case Planned.Impossible(String why, Nearest nearest) ->
            impossible(new NoPlanText(why, nearest, gathered.bases().unusable()), output);
        case Planned.Ambiguous(List<TimelineId> timelines) ->
            throw JobException.misconfigured(
                RestoreReason.AMBIGUOUS,
                "timelines %s have it".formatted(timelines),
                "say which one is meant: --timeline");
      };
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /// Reads all that would be replayed: it can be read, then, and what is in the way is known.
  private List<String> obstacles(RecoveryPlan plan) throws IOException {
    ReplayObstacles obstacles = new ReplayObstacles();
    try (Phase _ = run.report().phase("read-logs")) {
      for (ArchivedLog log : plan.logs()) {
        boolean last = log.log().equals(plan.cut().log());
        logs.read(log, new Inspection(run, obstacles, last ? plan.cut().offset() : Long.MAX_VALUE));
        LOG.atInfo()
            .addKeyValue("log", log.log().text())
            .addKeyValue("bytes", log.content().size())
            .log("log read");
      }
    }
    return obstacles.told();
  }

  /// Reads a log up to an offset.
  private static final class Inspection implements LogReader.Sink {
    private final Run run;
    private final long end;
    private final BinlogParser parser;
    private boolean wanted = true;

    Inspection(Run run, ReplayObstacles obstacles, long end) {
      this.run = run;
      this.end = end;
      this.parser = BinlogParser.fromStart(LogSearch.STATEMENT, event -> on(event, obstacles));
    }

    private void on(Event event, ReplayObstacles obstacles) {
      wanted = event.header().offset() < end;
      if (wanted) {
        obstacles.accept(event);
      }
    }

    @Override
    public void accept(byte[] bytes, int from, int length) throws IOException {
      run.stop().throwIfRequested();
      parser.accept(bytes, from, length);
    }

    @Override
    public boolean wantsMore() {
      return wanted;
    }
  }

  /// Everything that a plan may be made for.
  Conclusion windows(OutputFormat output) {
    try {
      Gathered gathered = gather();
      List<RestoreWindow> windows = new ArrayList<>();
      List<Chain> withoutBase = new ArrayList<>();
      for (Chain chain : gathered.histories().chains()) {
        List<Base> bases = gathered.bases().of(chain);
        if (bases.isEmpty()) {
          withoutBase.add(chain);
        } else {
          windows.add(
              new RestoreWindow(
                  chain,
                  bases,
                  RecoverableWindow.of(chain, histories.caughtUp(chain, gathered.damages()))));
        }
      }
      run.out()
          .print(
              new WindowsText(
                      run.clock().instant(), windows, withoutBase, gathered.bases().unusable())
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

  private Conclusion ready(
      RecoveryPlan plan, Optional<List<String>> obstacles, OutputFormat output) {
    PlanText text = new PlanText(plan, plan.document(run.clock().instant()), obstacles);
    run.out().print(text.in(output));
    run.report().position("gtid_target", plan.cut().state().position().toString());
    return Conclusion.done("planned", RestoreReason.PLANNED, text.sentence());
  }

  private Conclusion impossible(NoPlanText text, OutputFormat output) {
    run.out().print(text.in(output));
    throw JobException.refused(
        RestoreReason.UNREACHABLE,
        text.sentence(),
        "take one of the places that are named, or another --timeline; restore-job windows shows"
            + " all that can be recovered");
  }
}
