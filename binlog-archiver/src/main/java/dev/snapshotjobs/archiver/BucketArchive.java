package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailMark;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the bucket has of one instance. Documents that cannot be read end the run: they are never
/// taken for missing.
final class BucketArchive implements Inventory {
  private static final long LARGEST_DOCUMENT = 4L << 20;

  private final ObjectStore store;
  private final ArchiveKeys keys;

  BucketArchive(ObjectStore store, String instance) {
    this.store = store;
    this.keys = new ArchiveKeys("", instance);
  }

  ObjectKey key(ArchiveObject object) {
    return new ObjectKey(keys.key(object));
  }

  List<TimelineId> ids() {
    String folder = keys.timelines();
    try (Stream<String> names = store.listFolders(folder.substring(0, folder.length() - 1))) {
      return names
          .filter(name -> name.matches("\\d{4}"))
          .map(TimelineId::parse)
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  Optional<Timeline> timeline(TimelineId id) {
    return document(new ArchiveObject.TimelineDocument(id), Timeline::read);
  }

  Optional<Manifest> manifest(TimelineId timeline, LogName log) {
    return document(new OfLog(timeline, log, LogPart.MANIFEST), Manifest::read);
  }

  Optional<LogIndex> index(TimelineId timeline, LogName log) throws IOException {
    ObjectKey key = key(new OfLog(timeline, log, LogPart.INDEX));
    Optional<ObjectContent> found = store.get(key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectContent content = found.get()) {
      return Optional.of(LogIndex.read(key.value(), content));
    }
  }

  /// What is archived of a log that is not sealed.
  TailPrefix tail(TimelineId timeline, LogName log) {
    List<TailChunk> chunks = new ArrayList<>();
    List<TailMark> marks = new ArrayList<>();
    for (ArchiveObject object : objects(keys.tail(timeline, log))) {
      // Another archiver may have sealed the log since it was listed.
      if (object instanceof OfChunk chunk && chunk.part() == ChunkPart.DOCUMENT) {
        document(object, TailChunk::read).ifPresent(chunks::add);
      } else if (object instanceof OfMark) {
        document(object, TailMark::read).ifPresent(marks::add);
      }
    }
    return TailPrefix.longest(chunks, marks);
  }

  /// Everything that the log had before it was sealed; documents come before what they describe.
  void removeTail(TimelineId timeline, LogName log) {
    List<ArchiveObject> objects = objects(keys.tail(timeline, log));
    for (ArchiveObject object : objects) {
      if (!isData(object)) {
        store.delete(key(object));
      }
    }
    for (ArchiveObject object : objects) {
      if (isData(object)) {
        store.delete(key(object));
      }
    }
  }

  private static boolean isData(ArchiveObject object) {
    return object instanceof OfChunk chunk && chunk.part() == ChunkPart.DATA;
  }

  private List<ArchiveObject> objects(String folder) {
    try (Stream<StoredObject> found = store.list(folder)) {
      return found.flatMap(object -> keys.parse(object.key().value()).stream()).toList();
    }
  }

  private interface Reader<T> {
    T read(String object, byte[] json) throws IOException;
  }

  private <T> Optional<T> document(ArchiveObject object, Reader<T> reader) {
    ObjectKey key = key(object);
    return store
        .get(key)
        .map(
            found -> {
              try (ObjectContent content = found) {
                if (content.length() > LARGEST_DOCUMENT) {
                  throw new IOException(
                      "%s has %d bytes, which no document of ours has"
                          .formatted(key, content.length()));
                }
                return reader.read(key.value(), content.readAllBytes());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  @Override
  public List<KnownTimeline> timelines() {
    return ids().stream()
        .flatMap(id -> timeline(id).stream())
        .map(
            timeline ->
                new KnownTimeline(
                    timeline.id().number(),
                    timeline.firstLog().text(),
                    timeline.firstHead(),
                    timeline.start()))
        .toList();
  }

  @Override
  public Optional<SealedLog> sealed(int timeline, String log) {
    return manifest(new TimelineId(timeline), new LogName(log))
        .map(
            manifest ->
                new SealedLog(
                    manifest.content().head(), manifest.sizeOnServer(), manifest.content().end()));
  }

  @Override
  public Reached reached(int number) {
    TimelineId id = new TimelineId(number);
    Timeline timeline =
        timeline(id).orElseThrow(() -> new IllegalStateException("no timeline " + id));
    Optional<LogName> newest =
        objects(keys.timeline(id)).stream()
            .flatMap(object -> object instanceof OfLog log ? Stream.of(log) : Stream.empty())
            .filter(log -> log.part() == LogPart.MANIFEST)
            .map(OfLog::log)
            .max(Comparator.naturalOrder());
    Reached sealed =
        newest
            .flatMap(log -> manifest(id, log))
            .map(found -> new Reached(after(found.log()), found.content().end()))
            .orElse(new Reached(timeline.firstLog().text(), timeline.start()));
    TailPrefix tail = tail(id, new LogName(sealed.nextLog()));
    return tail.chunks().isEmpty()
        ? sealed
        : new Reached(after(new LogName(sealed.nextLog())), tail.chunks().getLast().prefix().end());
  }

  private static String after(LogName log) {
    return BinlogFile.of(log.text(), 0).after();
  }
}
