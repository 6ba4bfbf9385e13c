package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;

/// The documents of one instance by where they lie. One that says of itself that it belongs
/// elsewhere is refused: somebody has copied or renamed it, and what it says is of another log.
public record Documents(ArchiveKeys keys) {

  public Timeline timeline(TimelineDocument place, byte[] json) throws ArchiveFormatException {
    Timeline timeline = Timeline.read(keys.key(place), json);
    check(place, timeline.instance(), new TimelineDocument(timeline.id()));
    return timeline;
  }

  /// Reads a manifest.
  ///
  /// @param place of a manifest
  public Manifest manifest(OfLog place, byte[] json) throws ArchiveFormatException {
    Manifest manifest = Manifest.read(keys.key(place), json);
    OfLog own = new OfLog(manifest.timeline(), manifest.log(), LogPart.MANIFEST);
    check(place, manifest.instance(), own);
    return manifest;
  }

  /// Reads what is to be known of a chunk.
  ///
  /// @param place of a chunk's document
  public TailChunk chunk(OfChunk place, byte[] json) throws ArchiveFormatException {
    TailChunk chunk = TailChunk.read(keys.key(place), json);
    OfChunk own = new OfChunk(chunk.timeline(), chunk.log(), chunk.range(), ChunkPart.DOCUMENT);
    check(place, chunk.instance(), own);
    return chunk;
  }

  /// Reads a catalogue entry.
  public CatalogueEntry snapshot(SnapshotEntry place, byte[] json) throws ArchiveFormatException {
    CatalogueEntry entry = CatalogueEntry.read(keys.key(place), json);
    check(place, entry.instance(), new SnapshotEntry(entry.snapshot().name()));
    return entry;
  }

  /// Reads a mark that no chunk carries.
  public TailMark mark(OfMark place, byte[] json) throws ArchiveFormatException {
    TailMark mark = TailMark.read(keys.key(place), json);
    check(place, mark.instance(), mark.object());
    return mark;
  }

  /// Reads the plan of a restore. Whoever began it may have given it another id than the plan's
  /// own.
  public PlanDocument plan(RestorePlan place, byte[] json) throws ArchiveFormatException {
    PlanDocument plan = PlanDocument.read(keys.key(place), json);
    check(place, plan.instance(), place);
    return plan;
  }

  /// Reads the history of a restore.
  public RestoredHistory history(RestoreHistory place, byte[] json) throws ArchiveFormatException {
    RestoredHistory history = RestoredHistory.read(keys.key(place), json);
    check(place, history.instance(), RestoreHistory.of(history));
    return history;
  }

  private void check(ArchiveObject place, String instance, ArchiveObject own)
      throws ArchiveFormatException {
    String found = keys.key(place);
    String belongs = new ArchiveKeys(keys.prefix(), instance).key(own);
    if (!belongs.equals(found)) {
      throw new ArchiveFormatException(
          Fault.MISPLACED, found, "what lies there says that it is " + belongs);
    }
  }
}
