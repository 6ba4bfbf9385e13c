package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which part of an archive shall be read.
///
/// @param since only what was archived then or later
record Selection(Optional<TimelineId> timeline, Optional<LogName> log, Optional<Instant> since) {

  /// A log in its timeline.
  record Chosen(TimelineId timeline, ArchivedLog log) {}

  List<Chosen> logs(Histories histories) {
    return histories.all().stream()
        .flatMap(history -> history.logs().stream().map(each -> new Chosen(history.id(), each)))
        .filter(each -> timeline.stream().allMatch(each.timeline()::equals))
        .filter(each -> log.stream().allMatch(each.log().log()::equals))
        .filter(each -> since.stream().noneMatch(each.log().archivedAt()::isBefore))
        .toList();
  }

  /// What the documents and the listing have shown. Of a log that cannot be read nobody knows when
  /// it was archived.
  List<Damage> damages(Histories histories, ArchiveKeys keys) {
    return histories.damages().stream().filter(damage -> concerns(damage, keys)).toList();
  }

  private boolean concerns(Damage damage, ArchiveKeys keys) {
    return switch (keys.parse(damage.key()).orElseThrow()) {
      case TimelineDocument(TimelineId id) -> timeline.stream().allMatch(id::equals);
      case OfLog of -> concerns(of.timeline(), of.log());
      case OfChunk of -> concerns(of.timeline(), of.log());
      case OfMark of -> concerns(of.timeline(), of.log());
      case SnapshotEntry _, RestorePlan _, RestoreHistory _ -> false;
    };
  }

  private boolean concerns(TimelineId id, LogName name) {
    return timeline.stream().allMatch(id::equals) && log.stream().allMatch(name::equals);
  }

  /// What of it belongs together; of one log there is nothing to say.
  List<Chain> chains(Histories histories) {
    return histories.chains().stream()
        .filter(chain -> timeline.stream().allMatch(chain.timeline()::equals))
        .filter(_ -> log.isEmpty())
        .toList();
  }

  /// Whether something was asked for by its name.
  boolean isNamed() {
    return timeline.isPresent() || log.isPresent();
  }
}
