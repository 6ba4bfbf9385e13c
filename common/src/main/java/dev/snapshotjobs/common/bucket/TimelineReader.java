package dev.snapshotjobs.common.bucket;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the documents of one timeline, and holds them against what the bucket lists of it. For one
/// reading.
final class TimelineReader {
  private final ObjectStore store;
  private final BucketReader reader;
  private final ArchiveKeys keys;
  private final TimelineId id;
  private final Listing listed;
  private final List<ArchivedLog> logs = new ArrayList<>();
  private final List<Damage> damages = new ArrayList<>();

  TimelineReader(ObjectStore store, BucketReader reader, TimelineId id, Listing listed) {
    this.store = store;
    this.reader = reader;
    this.keys = reader.keys();
    this.id = id;
    this.listed = listed;
  }

  History read() {
    Optional<Timeline> document = document();
    Optional<LogName> newestSealed =
        listed.logs().reversed().stream()
            .filter(log -> listed.has(new OfLog(id, log, LogPart.MANIFEST)))
            .findFirst();
    for (LogName log : listed.logs()) {
      if (listed.has(new OfLog(id, log, LogPart.MANIFEST))) {
        sealed(log);
      } else if (!listed.chunks(log).isEmpty()) {
        open(log);
      } else if (newestSealed.filter(newest -> log.compareTo(newest) < 0).isPresent()) {
        // Logs are sealed in their order: what is left there is not on its way.
        damage(
            new OfLog(id, log, LogPart.MANIFEST),
            "is gone, and other objects of the log are there");
      }
    }
    return new History(id, document, logs, damages);
  }

  private Optional<Timeline> document() {
    TimelineDocument place = new TimelineDocument(id);
    try {
      Optional<Timeline> document = reader.timeline(id);
      if (document.isEmpty()) {
        damage(place, "is gone, and logs of the timeline are there");
      }
      return document;
    } catch (IOException e) {
      damages.add(Damage.of(keys, place, e));
      return Optional.empty();
    }
  }

  private void sealed(LogName log) {
    OfLog place = new OfLog(id, log, LogPart.MANIFEST);
    try {
      Optional<Manifest> manifest = reader.manifest(id, log);
      if (manifest.isPresent()) {
        sealed(manifest.get());
      }
    } catch (IOException e) {
      damages.add(Damage.of(keys, place, e));
    }
  }

  private void sealed(Manifest manifest) {
    LogName log = manifest.log();
    ArchiveObject data = new OfLog(id, log, LogPart.DATA);
    Optional<String> wrong = wrong(data, manifest.object().size());
    if (wrong.isPresent()) {
      damage(data, wrong.get());
    } else {
      logs.add(new ArchivedLog.Sealed(manifest));
    }
    ArchiveObject index = new OfLog(id, log, LogPart.INDEX);
    if (size(index).isEmpty()) {
      damage(index, "is gone: the log can be read, but only from its start");
    }
  }

  private void open(LogName log) {
    List<TailChunk> chunks = new ArrayList<>();
    Map<OfChunk, Damage> unusable = new HashMap<>();
    boolean vanished = false;
    for (OfChunk place : listed.chunks(log)) {
      try {
        Optional<TailChunk> chunk = reader.chunk(place);
        vanished |= chunk.isEmpty();
        if (chunk.isPresent()) {
          OfChunk data = new OfChunk(id, log, place.range(), ChunkPart.DATA);
          Optional<String> wrong = wrong(data, chunk.get().object().size());
          wrong.ifPresentOrElse(
              what -> unusable.put(data, Damage.of(keys, data, what)),
              () -> chunks.add(chunk.get()));
        }
      } catch (IOException e) {
        unusable.put(place, Damage.of(keys, place, e));
      }
    }
    if ((vanished || !unusable.isEmpty()) && isSealedMeanwhile(log)) {
      return;
    }
    TailPrefix tail = TailPrefix.longest(chunks);
    if (!tail.chunks().isEmpty()) {
      logs.add(new ArchivedLog.Open(tail));
    }
    tail.leftOver().forEach(this::useless);
    unusable.forEach(
        (place, damage) ->
            damages.add(place.range().to() <= tail.end() ? damage.withoutLoss() : damage));
  }

  /// A run that seals the log takes its chunks away.
  private boolean isSealedMeanwhile(LogName log) {
    if (store.head(reader.key(new OfLog(id, log, LogPart.MANIFEST))).isEmpty()) {
      return false;
    }
    sealed(log);
    return true;
  }

  private void useless(TailPrefix.LeftOver left) {
    TailChunk chunk = left.chunk();
    OfChunk place = new OfChunk(chunk.timeline(), chunk.log(), chunk.range(), ChunkPart.DOCUMENT);
    switch (left.why()) {
      case COVERED -> {}
      case OTHER_LOG -> damage(place, "is of another log of the same name");
      case AFTER_A_GAP -> damage(place, "no chunk reaches to where it begins");
      case CONTRADICTION -> damage(place, "continues something else than the chunks before it");
    }
  }

  /// What the listing says against an object of this size.
  private Optional<String> wrong(ArchiveObject object, long size) {
    Optional<Long> there = size(object);
    if (there.isEmpty()) {
      return Optional.of("is gone");
    }
    return there.get() == size
        ? Optional.empty()
        : Optional.of("has %d bytes, and was written with %d".formatted(there.get(), size));
  }

  /// A listing of several pages is not of one moment.
  private Optional<Long> size(ArchiveObject object) {
    Long size = listed.sizes().get(object);
    return size == null
        ? store.head(reader.key(object)).map(StoredObject::size)
        : Optional.of(size);
  }

  private void damage(ArchiveObject place, String what) {
    damages.add(Damage.of(keys, place, what));
  }
}
