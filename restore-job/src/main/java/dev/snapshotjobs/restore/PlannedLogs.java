package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.objects.ObjectStore;
import java.util.List;

/// Finds the logs of a plan in the bucket again. More may have been archived meanwhile, and a tail
/// may have been sealed; what the plan takes of it is there all the same, or the plan is refused.
record PlannedLogs(ObjectStore store, BucketReader documents) {
  List<ArchivedLog> read(PlanDocument plan) {
    return of(plan, new HistoryReader(store, plan.instance()).read());
  }

  static List<ArchivedLog> of(PlanDocument plan, Histories histories) {
    return histories.chains().stream()
        .filter(chain -> chain.timeline().equals(plan.timeline()))
        .map(chain -> cut(chain, plan))
        .filter(logs -> !logs.isEmpty())
        .findFirst()
        .filter(logs -> fits(logs, plan))
        .orElseThrow(
            () ->
                JobException.refused(
                    RestoreReason.ARCHIVE_DAMAGED,
                    "the logs of the plan, %s to %s of timeline %s, are not all in the bucket any more"
                        .formatted(plan.firstLog(), plan.lastLog(), plan.timeline()),
                    "run binlog-archiver verify, and make a new plan"));
  }

  private static List<ArchivedLog> cut(Chain chain, PlanDocument plan) {
    List<LogName> names = chain.logs().stream().map(ArchivedLog::log).toList();
    int first = names.indexOf(plan.firstLog());
    int last = names.indexOf(plan.lastLog());
    return first < 0 || last < first ? List.of() : chain.logs().subList(first, last + 1);
  }

  private static boolean fits(List<ArchivedLog> logs, PlanDocument plan) {
    return logs.size() == plan.logs()
        && logs.getFirst().content().start().equals(plan.base().start())
        && logs.getLast().content().size() >= plan.offset();
  }
}
