package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes a catalogue entry of what the cluster says of a snapshot. Pure.
final class CatalogueEntries {
  private CatalogueEntries() {}

  /// What a snapshot lacks that an entry must have.
  static final class IncompleteException extends Exception {
    private static final long serialVersionUID = 1L;

    IncompleteException(String message) {
      super(message);
    }

    IncompleteException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static CatalogueEntry of(
      String instance, VolumeSnapshot snapshot, Optional<VolumeSnapshotContent> found, Instant now)
      throws IncompleteException {
    VolumeSnapshotContent content =
        found
            .filter(one -> one.isBoundTo(snapshot))
            .orElseThrow(() -> new IncompleteException("no VolumeSnapshotContent is bound to it"));
    try {
      return new CatalogueEntry(
          instance,
          new CatalogueEntry.Snapshot(
              snapshot.namespace(),
              snapshot.name(),
              snapshot.uid(),
              content.className(),
              present(snapshot.status().creationTime(), "creationTime"),
              Optional.ofNullable(content.restoreSize())),
          new CatalogueEntry.Content(
              content.name(),
              content.driver(),
              present(content.snapshotHandle(), "snapshotHandle")),
          new CatalogueEntry.Claim(
              present(snapshot.source().claimName(), "source"),
              annotation(snapshot, SnapshotKeys.SOURCE_STORAGE_CLASS),
              Long.parseLong(annotation(snapshot, SnapshotKeys.SOURCE_CAPACITY))),
          snapshot.labels(),
          snapshot.annotations(),
          now);
    } catch (IllegalArgumentException e) {
      throw new IncompleteException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String annotation(VolumeSnapshot snapshot, String key) throws IncompleteException {
    return present(snapshot.annotations().get(key), "annotation " + key);
  }

  private static <T> T present(@Nullable T value, String what) throws IncompleteException {
    if (value == null) {
      throw new IncompleteException("it has no " + what);
    }
    return value;
  }
}
