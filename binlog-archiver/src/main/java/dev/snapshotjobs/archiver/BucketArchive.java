package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.RestoredHistory;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the bucket has of one instance, as the archiver asks for it. Documents that cannot be read
/// end the run: they are never taken for missing.
final class BucketArchive implements Inventory {
  private final ObjectStore store;
  private final BucketReader reader;

  BucketArchive(ObjectStore store, String instance) {
    this.store = store;
    this.reader = new BucketReader(store, instance);
  }

  ObjectKey key(ArchiveObject object) {
    return reader.key(object);
  }

  List<TimelineId> ids() {
    return reader.ids();
  }

  Optional<Timeline> timeline(TimelineId id) {
    return read(() -> reader.timeline(id));
  }

  Optional<Manifest> manifest(TimelineId timeline, LogName log) {
    return read(() -> reader.manifest(timeline, log));
  }

  Optional<LogIndex> index(TimelineId timeline, LogName log) throws IOException {
    return reader.index(timeline, log);
  }

  /// Reads a sealed log again; what is wrong with it, and nothing if it is what was archived.
  List<Damage> damages(Manifest manifest, StopSignal stop) {
    return LogVerifier.verify(reader, stop, manifest);
  }

  /// Those of a server's logs, by name, of which a timeline has data, index and manifest.
  Set<String> complete(TimelineId timeline, List<BinlogFile> logs) {
    Map<String, Set<LogPart>> parts = new HashMap<>();
    try (Stream<StoredObject> found = behind(reader.keys().timeline(timeline), timeline, logs)) {
      found
          .flatMap(object -> reader.keys().parse(object.key().value()).stream())
          .flatMap(object -> object instanceof OfLog part ? Stream.of(part) : Stream.empty())
          .forEach(
              part ->
                  parts
                      .computeIfAbsent(part.log().text(), _ -> EnumSet.noneOf(LogPart.class))
                      .add(part.part()));
    }
    Set<LogPart> all = EnumSet.allOf(LogPart.class);
    return logs.stream()
        .map(BinlogFile::name)
        .filter(name -> all.equals(parts.get(name)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Leaves out what is older than the oldest of these logs, where keys are in the order of logs.
  private Stream<StoredObject> behind(String folder, TimelineId timeline, List<BinlogFile> logs) {
    String oldest = logs.getFirst().name();
    boolean inOrder = oldest.length() == logs.getLast().name().length();
    String before = BinlogFile.of(oldest, 0).before().orElse("");
    return inOrder && before.length() == oldest.length()
        ? store.list(folder, key(new OfLog(timeline, new LogName(before), LogPart.DATA)))
        : store.list(folder);
  }

  /// What is archived of a log that is not sealed.
  TailPrefix tail(TimelineId timeline, LogName log) {
    return read(() -> reader.tail(timeline, log));
  }

  /// Everything that the log had before it was sealed; documents come before what they describe.
  void removeTail(TimelineId timeline, LogName log) {
    List<ArchiveObject> objects = reader.objects(reader.keys().tail(timeline, log));
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

  private interface Reading<T> {
    T get() throws IOException;
  }

  private static <T> T read(Reading<T> reading) {
    try {
      return reading.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
        reader.objects(reader.keys().timeline(id)).stream()
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

  @Override
  public Optional<Timeline.Fork> restored(String firstHead) {
    return read(() -> reader.histories()).stream()
        .filter(history -> history.firstHead().equals(firstHead))
        .map(RestoredHistory::parent)
        .findFirst();
  }

  private static String after(LogName log) {
    return BinlogFile.of(log.text(), 0).after();
  }
}
