package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.archive.ArchiveFormatException;
import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.objects.LockTerm;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The catalogue entries of one instance in a bucket.
final class CatalogueBucket {
  private static final long LARGEST = 4L << 20;

  private final ObjectStore store;
  private final ArchiveKeys keys;
  private final LockTerm lock;
  private final Set<String> listed;

  private CatalogueBucket(ObjectStore store, ArchiveKeys keys, LockTerm lock, Set<String> listed) {
    this.store = store;
    this.keys = keys;
    this.lock = lock;
    this.listed = listed;
  }

  /// Asks once what there is.
  static CatalogueBucket list(ObjectStore store, String instance, LockTerm lock) {
    ArchiveKeys keys = new ArchiveKeys("", instance);
    try (Stream<String> found = store.list(keys.catalogue()).map(object -> object.key().value())) {
      return new CatalogueBucket(
          store,
          keys,
          lock,
          found
              .flatMap(key -> keys.parse(key).stream())
              .flatMap(object -> name(object).stream())
              .collect(Collectors.toUnmodifiableSet()));
    }
  }

  private static Optional<String> name(ArchiveObject object) {
    return object instanceof ArchiveObject.SnapshotEntry(String name)
        ? Optional.of(name)
        : Optional.empty();
  }

  /// The snapshots that have an entry, as of one listing.
  Set<String> listed() {
    return listed;
  }

  /// What became of an entry.
  sealed interface Written {
    /// It is there, written now or earlier.
    record Standing(String key) implements Written {}

    /// Something else is there, and stays.
    record Conflict(String why) implements Written {}
  }

  /// Writes it unless it is there. What was listed is never written, so that a store which does not
  /// know conditional writes overwrites nothing either.
  Written write(CatalogueEntry entry) {
    ObjectKey key =
        new ObjectKey(keys.key(new ArchiveObject.SnapshotEntry(entry.snapshot().name())));
    if (listed.contains(entry.snapshot().name())) {
      return compared(key, entry);
    }
    WriteOptions options = lock.applyTo(WriteOptions.JSON, entry.recordedAt());
    return switch (store.putIfAbsent(key, entry.json(), options)) {
      case WriteResult.Created _ -> new Written.Standing(key.value());
      case WriteResult.Exists _ -> compared(key, entry);
    };
  }

  /// By the snapshot's uid: its labels may have changed since, and the time of the writing has.
  private Written compared(ObjectKey key, CatalogueEntry entry) {
    Optional<ObjectContent> found = store.get(key);
    if (found.isEmpty()) {
      return new Written.Conflict(key + " was there and is gone");
    }
    try (ObjectContent content = found.get()) {
      if (content.length() > LARGEST) {
        return new Written.Conflict(key + " is no catalogue entry: " + content.length() + " bytes");
      }
      CatalogueEntry there = CatalogueEntry.read(key.value(), content.readAllBytes());
      return there.snapshot().uid().equals(entry.snapshot().uid())
          ? new Written.Standing(key.value())
          : new Written.Conflict(
              "%s is of another snapshot of that name (uid %s in namespace %s, this one is %s)"
                  .formatted(
                      key,
                      there.snapshot().uid(),
                      there.snapshot().namespace(),
                      entry.snapshot().uid()));
    } catch (ArchiveFormatException e) {
      return new Written.Conflict(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
