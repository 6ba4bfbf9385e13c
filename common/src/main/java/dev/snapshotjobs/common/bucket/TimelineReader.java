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
import dev.snapshotjobs.common.archive.TailMark;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.StoredObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /// What was read under one key.
  ///
  /// @param failure why it could not be read; null if it could, or is not there
  private record Answer<T>(Optional<T> document, @Nullable IOException failure) {}

  private static <P, T> Map<P, Answer<T>> answers(
      Collection<P> places, Together.Reading<P, Optional<T>> reading) {
    try {
      List<Answer<T>> answers =
          Together.read(
              places,
              place -> {
                try {
                  return new Answer<>(reading.of(place), null);
                } catch (InterruptedIOException e) {
                  throw e;
                } catch (IOException e) {
                  return new Answer<>(Optional.empty(), e);
                }
              });
      Map<P, Answer<T>> byPlace = new LinkedHashMap<>();
      Iterator<Answer<T>> next = answers.iterator();
      places.forEach(place -> byPlace.put(place, next.next()));
      return byPlace;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // interrupted
    }
  }

  History read() {
    Optional<Timeline> document = document();
    List<OfLog> manifests =
        listed.logs().stream()
            .map(log -> new OfLog(id, log, LogPart.MANIFEST))
            .filter(listed::has)
            .toList();
    Map<OfLog, Answer<Manifest>> answers =
        answers(manifests, place -> reader.manifest(id, place.log()));
    Optional<LogName> newestSealed =
        listed.logs().reversed().stream()
            .filter(log -> listed.has(new OfLog(id, log, LogPart.MANIFEST)))
            .findFirst();
    for (LogName log : listed.logs()) {
      OfLog manifest = new OfLog(id, log, LogPart.MANIFEST);
      if (answers.containsKey(manifest)) {
        sealed(manifest, Objects.requireNonNull(answers.get(manifest)));
      } else if (!listed.chunks(log).isEmpty()) {
        open(log);
      } else if (newestSealed.filter(newest -> log.compareTo(newest) < 0).isPresent()) {
        // Logs are sealed in their order: what is left there is not on its way.
        damage(manifest, "is gone, and other objects of the log are there");
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

  private void sealed(OfLog place, Answer<Manifest> answer) {
    if (answer.failure() != null) {
      damages.add(Damage.of(keys, place, answer.failure()));
    }
    answer.document().ifPresent(this::sealed);
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
    for (Map.Entry<OfChunk, Answer<TailChunk>> entry :
        answers(listed.chunks(log), reader::chunk).entrySet()) {
      OfChunk place = entry.getKey();
      Answer<TailChunk> answer = entry.getValue();
      if (answer.failure() != null) {
        unusable.put(place, Damage.of(keys, place, answer.failure()));
      } else if (answer.document().isEmpty()) {
        vanished = true;
      } else {
        TailChunk chunk = answer.document().get();
        OfChunk data = new OfChunk(id, log, place.range(), ChunkPart.DATA);
        wrong(data, chunk.object().size())
            .ifPresentOrElse(
                what -> unusable.put(data, Damage.of(keys, data, what)), () -> chunks.add(chunk));
      }
    }
    if ((vanished || !unusable.isEmpty()) && isSealedMeanwhile(log)) {
      return;
    }
    TailPrefix tail = TailPrefix.longest(chunks, marks(log));
    if (!tail.chunks().isEmpty()) {
      logs.add(new ArchivedLog.Open(tail));
    }
    tail.leftOver().forEach(this::useless);
    unusable.forEach(
        (place, damage) ->
            damages.add(place.range().to() <= tail.end() ? damage.withoutLoss() : damage));
  }

  private List<TailMark> marks(LogName log) {
    List<TailMark> marks = new ArrayList<>();
    answers(listed.marks(log), reader::mark)
        .forEach(
            (place, answer) -> {
              if (answer.failure() != null) {
                damages.add(Damage.of(keys, place, answer.failure()));
              }
              // One that is gone has made room for a later one.
              answer.document().ifPresent(marks::add);
            });
    return marks;
  }

  /// A run that seals the log takes its chunks away.
  private boolean isSealedMeanwhile(LogName log) {
    if (store.head(reader.key(new OfLog(id, log, LogPart.MANIFEST))).isEmpty()) {
      return false;
    }
    OfLog place = new OfLog(id, log, LogPart.MANIFEST);
    Map<OfLog, Answer<Manifest>> answers =
        answers(List.of(place), of -> reader.manifest(id, of.log()));
    answers.forEach(this::sealed);
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
