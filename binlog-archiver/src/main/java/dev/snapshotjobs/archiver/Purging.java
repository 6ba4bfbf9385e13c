package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.report.Phase;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes from the server what the archive is proven to have: gather, plan, show, act, report. One
/// log after the other, so that a run that is ended has done what it has shown.
final class Purging {
  private static final Logger LOG = LoggerFactory.getLogger(Purging.class);

  /// Nothing is archived while logs are read again. The first run that purges may find years of
  /// them.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Duration keepOnServer;
  private final ServerSession server;
  private final BucketArchive archive;
  private final Run run;

  Purging(Duration keepOnServer, ServerSession server, BucketArchive archive, Run run) {
    this.keepOnServer = keepOnServer;
    this.server = server;
    this.archive = archive;
    this.run = run;
  }

  /// @param logs what the plan was made from
  private record Planned(PurgePlan plan, ArchivedLogs logs) {}

  /// What the run would purge, from what is archived already.
  Conclusion planned(Conclusion archiving) throws SQLException, IOException {
    PurgePlan plan = plan().plan();
    PurgeReport.show(plan, run.out());
    return PurgeReport.planned(archiving, plan);
  }

  /// Purges after a run that found nothing to look at, and adds that to what it has to say.
  Conclusion after(Conclusion archived) throws SQLException, IOException, InterruptedException {
    if (archived.exit() != ExitCode.DONE || archived.reason() != ArchiverReason.ARCHIVED) {
      LOG.atInfo()
          .addKeyValue("reason", archived.reason().code())
          .log("nothing is purged: the archive does not end where the server stands");
      return archived;
    }
    try (Phase _ = run.report().phase("purge")) {
      Planned planned = plan();
      PurgeReport.log(planned.plan());
      return PurgeReport.purged(archived, purge(planned), run);
    }
  }

  private Planned plan() throws SQLException, IOException {
    List<BinlogFile> logs = BinaryLogs.list(server.control());
    Beginnings beginnings = new Beginnings(server.connector());
    return switch (new Locator(logs, beginnings, archive).locate()) {
      case Place.Continued(int timeline, int next, _) -> {
        ArchivedLogs archived =
            new ArchivedLogs(archive, new TimelineId(timeline), beginnings, logs);
        PurgePlan plan =
            PurgePlan.of(logs, next, archived, run.clock().instant().minus(keepOnServer));
        yield new Planned(withReplicas(plan), archived);
      }
      case Place.Opened _ ->
          new Planned(
              new PurgePlan(logs, 0, new Stay.NotSealed()),
              new ArchivedLogs(archive, TimelineId.FIRST, beginnings, logs));
    };
  }

  private PurgePlan withReplicas(PurgePlan plan) throws SQLException {
    int needed = Replicas.needed(server.facts());
    if (plan.count() == 0 || needed <= 1) {
      return plan;
    }
    Replicas replicas = Replicas.connected(server.control());
    return replicas.suffice(needed)
        ? plan
        : plan.none(new Stay.ReplicasAway(replicas.others(), needed));
  }

  /// What of the plan was carried out.
  private PurgePlan purge(Planned planned) throws SQLException, IOException, InterruptedException {
    PurgePlan plan = planned.plan();
    OldestLog oldest = new OldestLog(server.control(), server.connector(), run);
    Instant end = run.clock().instant().plus(LONGEST);
    for (int log = 0; log < plan.count(); log++) {
      run.stop().throwIfRequested();
      if (run.clock().instant().isAfter(end)) {
        return plan.before(log, new Stay.Later());
      }
      BinlogFile file = plan.logs().get(log);
      List<Damage> damages = archive.damages(planned.logs().manifest(file), run.stop());
      if (!damages.isEmpty()) {
        return plan.before(log, new Stay.Damaged(damages.getFirst().toString()));
      }
      Optional<String> refusal =
          oldest.purge(
              new OldestLog.Known(file, planned.logs().beginning(file.name()).head()),
              plan.logs().get(log + 1));
      if (refusal.isPresent()) {
        return plan.before(log, new Stay.Refused(refusal.get()));
      }
      LOG.atInfo()
          .addKeyValue("log", file.name())
          .addKeyValue("bytes", file.size())
          .log("log purged");
    }
    return plan;
  }
}
