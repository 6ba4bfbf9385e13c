package dev.snapshotjobs.common.bucket;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.StoredObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the bucket lists of one timeline.
///
/// @param sizes in the bucket
/// @param logs all that something is there of, in their order
record Listing(Map<ArchiveObject, Long> sizes, TreeSet<LogName> logs) {
  Listing() {
    this(new HashMap<>(), new TreeSet<>());
  }

  /// Of all timelines of an instance.
  static SortedMap<TimelineId, Listing> of(ObjectStore store, ArchiveKeys keys) {
    SortedMap<TimelineId, Listing> all = new TreeMap<>();
    try (Stream<StoredObject> objects = store.list(keys.timelines())) {
      objects.forEach(
          stored ->
              keys.parse(stored.key().value())
                  .ifPresent(object -> add(all, object, stored.size())));
    }
    return all;
  }

  private static void add(Map<TimelineId, Listing> all, ArchiveObject object, long size) {
    switch (object) {
      case SnapshotEntry _, RestorePlan _, RestoreHistory _ -> {}
      case TimelineDocument(TimelineId timeline) -> at(all, timeline).sizes().put(object, size);
      case OfLog log -> at(all, log.timeline()).add(object, size, log.log());
      case OfChunk chunk -> at(all, chunk.timeline()).add(object, size, chunk.log());
      case OfMark mark -> at(all, mark.timeline()).sizes().put(object, size);
    }
  }

  private static Listing at(Map<TimelineId, Listing> all, TimelineId timeline) {
    return all.computeIfAbsent(timeline, _ -> new Listing());
  }

  private void add(ArchiveObject object, long size, LogName log) {
    sizes.put(object, size);
    logs.add(log);
  }

  boolean has(ArchiveObject object) {
    return sizes.containsKey(object);
  }

  /// The documents of its chunks.
  List<OfChunk> chunks(LogName log) {
    return sizes.keySet().stream()
        .flatMap(object -> object instanceof OfChunk chunk ? Stream.of(chunk) : Stream.empty())
        .filter(chunk -> chunk.log().equals(log) && chunk.part() == ChunkPart.DOCUMENT)
        .toList();
  }

  /// Those of its marks that no chunk carries.
  List<OfMark> marks(LogName log) {
    return sizes.keySet().stream()
        .flatMap(object -> object instanceof OfMark mark ? Stream.of(mark) : Stream.empty())
        .filter(mark -> mark.log().equals(log))
        .toList();
  }
}
