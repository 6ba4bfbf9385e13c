package dev.snapshotjobs.common.archive;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// What lies in the bucket under one key of an instance.
public sealed interface ArchiveObject {
  /// The catalogue entry of a snapshot.
  record SnapshotEntry(String name) implements ArchiveObject {
    public SnapshotEntry {
      Names.snapshot(name);
    }
  }

  record TimelineDocument(TimelineId timeline) implements ArchiveObject {}

  /// What a restore does, as it was planned.
  ///
  /// @param id of the restore: see [PlanDocument#id()]
  record RestorePlan(String id) implements ArchiveObject {
    public RestorePlan {
      Names.snapshot(id);
    }
  }

  /// The history that a restore has given its server. A restore that had to begin anew has one of
  /// each copy that came so far.
  ///
  /// @param id of the restore
  /// @param head the beginning of the fingerprint of the history's first log
  record RestoreHistory(String id, String head) implements ArchiveObject {
    private static final int HEAD = 10;

    public RestoreHistory {
      Names.snapshot(id);
      if (!head.matches("[0-9a-f]{" + HEAD + "}")) {
        throw new IllegalArgumentException(Names.quoted(head) + " begins no fingerprint");
      }
    }

    public static RestoreHistory of(RestoredHistory history) {
      return new RestoreHistory(history.restore(), history.firstHead().substring(0, HEAD));
    }
  }

  /// One of the three objects of a sealed log.
  record OfLog(TimelineId timeline, LogName log, LogPart part) implements ArchiveObject {}

  /// One of the two objects of a chunk of a log that is not sealed.
  record OfChunk(TimelineId timeline, LogName log, ChunkRange range, ChunkPart part)
      implements ArchiveObject {}

  /// A mark that no chunk carries.
  ///
  /// @param at by the archiver's clock, to the millisecond
  record OfMark(TimelineId timeline, LogName log, Instant at) implements ArchiveObject {
    public OfMark {
      at = at.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  enum LogPart {
    DATA(".zst"),
    INDEX(".idx.zst"),
    /// Written last: the log is archived when this exists.
    MANIFEST(".json");

    private final String ending;

    LogPart(String ending) {
      this.ending = ending;
    }

    String ending() {
      return ending;
    }
  }

  enum ChunkPart {
    DATA(".zst"),
    /// Written last, as the manifest of a log.
    DOCUMENT(".json");

    private final String ending;

    ChunkPart(String ending) {
      this.ending = ending;
    }

    String ending() {
      return ending;
    }
  }
}
