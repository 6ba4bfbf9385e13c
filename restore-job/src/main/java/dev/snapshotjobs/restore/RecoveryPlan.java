package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.ChainEnd;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a recovery does: takes the base, and replays the logs up to the cut, which lies in the last
/// of them.
///
/// @param logs in order, at least one
/// @param behind the state at the end of the chain: what lies between it and the cut is left out
/// @param end why the chain goes no further
record RecoveryPlan(
    Target target,
    CatalogueEntry base,
    TimelineId timeline,
    List<ArchivedLog> logs,
    Cut cut,
    GtidState behind,
    ChainEnd end) {
  RecoveryPlan {
    logs = List.copyOf(logs);
  }

  PlanDocument document(Instant plannedAt, Optional<String> startedBy) {
    return new PlanDocument(
        base.instance(),
        plannedAt,
        target.argument(),
        timeline,
        new PlanDocument.Base(
            base.snapshot().name(), base.snapshot().uid(), logs.getFirst().content().start()),
        logs.getFirst().log(),
        cut.log(),
        logs.size(),
        cut.offset(),
        cut.state(),
        isShort() ? Optional.of(end.words()) : Optional.empty(),
        startedBy);
  }

  /// Whether all that is archived was asked for, and something of it was lost.
  boolean isShort() {
    return target instanceof Target.Latest && end.isLoss();
  }

  /// How much is replayed.
  long bytes() {
    long whole =
        logs.subList(0, logs.size() - 1).stream().mapToLong(log -> log.content().size()).sum();
    return whole + cut.offset();
  }
}
