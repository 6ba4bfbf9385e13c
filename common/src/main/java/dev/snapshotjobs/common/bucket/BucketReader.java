package dev.snapshotjobs.common.bucket;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Documents;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.archive.RestoredHistory;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailMark;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.ObjectStoreFailure;
import dev.snapshotjobs.common.objects.ObjectStoreReason;
import dev.snapshotjobs.common.objects.StoredObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/// Reads what the bucket has of one instance. What is not there is empty; what is there and cannot
/// be read is an IOException that names its key, and never taken for missing.
public final class BucketReader {
  /// More than any document of ours has.
  private static final long LARGEST_DOCUMENT = 4L << 20;

  private static final int ATTEMPTS = 3;

  private final ObjectStore store;
  private final ArchiveKeys keys;
  private final Documents documents;

  public BucketReader(ObjectStore store, String instance) {
    this.store = store;
    this.keys = new ArchiveKeys("", instance);
    this.documents = new Documents(keys);
  }

  public ArchiveKeys keys() {
    return keys;
  }

  public ObjectKey key(ArchiveObject object) {
    return new ObjectKey(keys.key(object));
  }

  /// Of all timelines, the newest first.
  public List<TimelineId> ids() {
    String folder = keys.timelines();
    try (Stream<String> names = store.listFolders(folder.substring(0, folder.length() - 1))) {
      return names
          .filter(name -> name.matches("\\d{4}"))
          .map(TimelineId::parse)
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  public Optional<Timeline> timeline(TimelineId id) throws IOException {
    TimelineDocument place = new TimelineDocument(id);
    Optional<byte[]> json = bytes(place);
    return json.isPresent() ? Optional.of(documents.timeline(place, json.get())) : Optional.empty();
  }

  /// The catalogue entries of all snapshots, in no order.
  ///
  /// @param damages takes what of them cannot be read
  public List<CatalogueEntry> snapshots(Collection<Damage> damages) throws IOException {
    List<SnapshotEntry> places =
        objects(keys.catalogue()).stream()
            .flatMap(
                object -> object instanceof SnapshotEntry place ? Stream.of(place) : Stream.empty())
            .toList();
    Queue<Damage> unreadable = new ConcurrentLinkedQueue<>();
    List<CatalogueEntry> entries =
        present(
            Together.read(
                places,
                place -> {
                  try {
                    Optional<byte[]> json = bytes(place);
                    return json.isPresent()
                        ? Optional.of(documents.snapshot(place, json.get()))
                        : Optional.<CatalogueEntry>empty();
                  } catch (InterruptedIOException e) {
                    throw e;
                  } catch (IOException e) {
                    unreadable.add(Damage.of(keys, place, e));
                    return Optional.<CatalogueEntry>empty();
                  }
                }));
    damages.addAll(unreadable);
    return entries;
  }

  public Optional<CatalogueEntry> snapshot(String name) throws IOException {
    SnapshotEntry place = new SnapshotEntry(name);
    Optional<byte[]> json = bytes(place);
    return json.isPresent() ? Optional.of(documents.snapshot(place, json.get())) : Optional.empty();
  }

  public Optional<PlanDocument> plan(String id) throws IOException {
    RestorePlan place = new RestorePlan(id);
    Optional<byte[]> json = bytes(place);
    return json.isPresent() ? Optional.of(documents.plan(place, json.get())) : Optional.empty();
  }

  /// Those that restores have begun, in no order.
  public List<RestoredHistory> histories() throws IOException {
    List<RestoreHistory> places =
        objects(keys.restores()).stream()
            .flatMap(
                object ->
                    object instanceof RestoreHistory place ? Stream.of(place) : Stream.empty())
            .toList();
    return present(
        Together.read(
            places,
            place -> {
              Optional<byte[]> json = bytes(place);
              return json.isPresent()
                  ? Optional.of(documents.history(place, json.get()))
                  : Optional.empty();
            }));
  }

  /// Empty also of a log that is not sealed.
  public Optional<Manifest> manifest(TimelineId timeline, LogName log) throws IOException {
    OfLog place = new OfLog(timeline, log, LogPart.MANIFEST);
    Optional<byte[]> json = bytes(place);
    return json.isPresent() ? Optional.of(documents.manifest(place, json.get())) : Optional.empty();
  }

  public Optional<LogIndex> index(TimelineId timeline, LogName log) throws IOException {
    ObjectKey key = key(new OfLog(timeline, log, LogPart.INDEX));
    return read(key, content -> LogIndex.read(key.value(), content));
  }

  /// What is done with the content of an object.
  @FunctionalInterface
  public interface Reading<T> {
    T of(ObjectContent content) throws IOException;
  }

  /// Something that reads from the bucket, and may be done again.
  @FunctionalInterface
  public interface Attempt<T> {
    T make() throws IOException;
  }

  /// Reads an object, [repeatedly][#repeated].
  public <T> Optional<T> read(ObjectKey key, Reading<T> reading) throws IOException {
    return repeated(
        () -> {
          Optional<ObjectContent> found = store.get(key);
          if (found.isEmpty()) {
            return Optional.empty();
          }
          try (ObjectContent content = found.get()) {
            return Optional.of(reading.of(content));
          }
        });
  }

  /// Reads again what arrives cut off or damaged: only what does so each time cannot be read.
  public static <T> T repeated(Attempt<T> attempt) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return attempt.make();
      } catch (ObjectStoreFailure e) {
        if (e.reason() != ObjectStoreReason.DAMAGED && e.reason() != ObjectStoreReason.CUT_OFF) {
          throw e;
        }
        if (i == ATTEMPTS) {
          throw new IOException(e.getMessage(), e);
        }
      }
    }
  }

  /// What is to be known of a chunk.
  ///
  /// @param place of the chunk's document
  public Optional<TailChunk> chunk(OfChunk place) throws IOException {
    Optional<byte[]> json = bytes(place);
    return json.isPresent() ? Optional.of(documents.chunk(place, json.get())) : Optional.empty();
  }

  public Optional<TailMark> mark(OfMark place) throws IOException {
    Optional<byte[]> json = bytes(place);
    return json.isPresent() ? Optional.of(documents.mark(place, json.get())) : Optional.empty();
  }

  /// What is archived of a log that is not sealed.
  public TailPrefix tail(TimelineId timeline, LogName log) throws IOException {
    List<OfChunk> chunks = new ArrayList<>();
    List<OfMark> marks = new ArrayList<>();
    for (ArchiveObject object : objects(keys.tail(timeline, log))) {
      if (object instanceof OfChunk chunk && chunk.part() == ChunkPart.DOCUMENT) {
        chunks.add(chunk);
      } else if (object instanceof OfMark mark) {
        marks.add(mark);
      }
    }
    // Another archiver may have sealed the log since it was listed.
    return TailPrefix.longest(
        present(Together.read(chunks, this::chunk)), present(Together.read(marks, this::mark)));
  }

  private static <T> List<T> present(List<Optional<T>> all) {
    return all.stream().flatMap(Optional::stream).toList();
  }

  /// What lies below a folder, in the order of the keys; what is not ours is left out.
  public List<ArchiveObject> objects(String folder) {
    try (Stream<StoredObject> found = store.list(folder)) {
      return found.flatMap(object -> keys.parse(object.key().value()).stream()).toList();
    }
  }

  private Optional<byte[]> bytes(ArchiveObject place) throws IOException {
    ObjectKey key = key(place);
    return read(
        key,
        content -> {
          if (content.length() > LARGEST_DOCUMENT) {
            throw new IOException(
                "%s: has %d bytes, which no document of ours has".formatted(key, content.length()));
          }
          return content.readAllBytes();
        });
  }
}
