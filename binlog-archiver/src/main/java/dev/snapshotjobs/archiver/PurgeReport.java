package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.io.PrintStream;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a [PurgePlan], and what came of it, is told.
final class PurgeReport {
  private static final Logger LOG = LoggerFactory.getLogger(PurgeReport.class);

  private PurgeReport() {}

  /// For whoever asked for a dry run: each log that would go, and why the next one stays.
  static void show(PurgePlan plan, PrintStream out) {
    plan.purged().forEach(log -> out.printf("purge  %s  %d bytes%n", log.name(), log.size()));
    List<BinlogFile> logs = plan.logs();
    out.printf("keep   %s  %s%n", plan.firstKept().name(), plan.stay().sentence());
    if (plan.count() < logs.size() - 1) {
      out.printf("keep   %s  what comes before it stays%n", range(logs, plan.count() + 1));
    }
  }

  private static String range(List<BinlogFile> logs, int from) {
    String first = logs.get(from).name();
    String last = logs.getLast().name();
    return first.equals(last) ? first : first + " to " + last;
  }

  static void log(PurgePlan plan) {
    LOG.atInfo()
        .addKeyValue("to_purge", plan.count())
        .addKeyValue("log", plan.firstKept().name())
        .addKeyValue("why", plan.stay().sentence())
        .log("purge planned; this log is the first that stays");
  }

  static Conclusion planned(Conclusion archiving, PurgePlan plan) {
    return and(
        archiving,
        "would read %d logs again (%d bytes) and purge them from the server; %s"
            .formatted(plan.count(), bytes(plan), stays(plan)));
  }

  static Conclusion purged(Conclusion archived, PurgePlan done, Run run) {
    Conclusion conclusion =
        and(
            archived,
            "%d logs purged from the server (%d bytes); %s"
                .formatted(done.count(), bytes(done), stays(done)));
    return switch (done.stay().weight()) {
      case EXPECTED -> conclusion;
      case LASTING -> {
        run.report().warn("nothing more is purged: " + stays(done));
        yield conclusion;
      }
      case WRONG ->
          new Conclusion(
              ExitCode.ATTENTION,
              "archive-damaged",
              ArchiverReason.ARCHIVE_DAMAGED,
              conclusion.message(),
              "save the server's own file of that log before anything else, then see"
                  + " docs/how-to/purge-the-server.md");
    };
  }

  /// The same end of a run, with more to say.
  static Conclusion and(Conclusion conclusion, String more) {
    return new Conclusion(
        conclusion.exit(),
        conclusion.verdict(),
        conclusion.reason(),
        conclusion.message() + "; " + more,
        conclusion.nextStep());
  }

  private static String stays(PurgePlan plan) {
    return "%s stays: %s".formatted(plan.firstKept().name(), plan.stay().sentence());
  }

  private static long bytes(PurgePlan plan) {
    return plan.purged().stream().mapToLong(BinlogFile::size).sum();
  }
}
