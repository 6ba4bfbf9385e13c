package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// A snapshot that counts, with all that it takes to restore from it when nothing is left of the
/// cluster. What the job said of it is in its labels and annotations, word for word and once only;
/// the methods here read them.
public record CatalogueEntry(
    String instance,
    Snapshot snapshot,
    Content content,
    Claim claim,
    Map<String, String> labels,
    Map<String, String> annotations,
    Instant recordedAt) {

  /// The VolumeSnapshot.
  ///
  /// @param creationTime when the storage made the cut, by its own clock
  /// @param restoreSize the least that a volume made from it must have, if the storage says so
  public record Snapshot(
      String namespace,
      String name,
      String uid,
      String className,
      Instant creationTime,
      Optional<Long> restoreSize) {
    public Snapshot {
      Names.snapshot(name);
      if (restoreSize.filter(size -> size < 0).isPresent()) {
        throw new IllegalArgumentException("no volume has " + restoreSize.get() + " bytes");
      }
    }
  }

  /// The VolumeSnapshotContent that it was bound to.
  ///
  /// @param handle the storage's own name of the snapshot
  public record Content(String name, String driver, String handle) {
    public Content {
      if (driver.isEmpty() || handle.isEmpty()) {
        throw new IllegalArgumentException("a snapshot without driver or handle cannot be found");
      }
    }
  }

  /// The PersistentVolumeClaim that was cut.
  ///
  /// @param capacity of its volume in bytes
  public record Claim(String name, String storageClass, long capacity) {
    public Claim {
      if (capacity < 0) {
        throw new IllegalArgumentException("no volume has " + capacity + " bytes");
      }
    }
  }

  private static final List<String> TIMES =
      List.of(SnapshotKeys.LOCK_ACQUIRED_AT, SnapshotKeys.CUT_SEEN_AT, SnapshotKeys.RELEASED_AT);

  /// A place in the binary log of the server.
  public record Place(LogName log, long offset) {}

  public CatalogueEntry {
    Names.instance(instance);
    labels = Collections.unmodifiableMap(new TreeMap<>(SnapshotKeys.ours(labels)));
    annotations = Collections.unmodifiableMap(new TreeMap<>(SnapshotKeys.ours(annotations)));
    if (!instance.equals(labels.get(SnapshotKeys.INSTANCE))) {
      throw new IllegalArgumentException(
          "the snapshot is not one of " + instance + ": " + labels.get(SnapshotKeys.INSTANCE));
    }
    if (!SnapshotState.counts(labels, annotations)) {
      throw new IllegalArgumentException(
          "the snapshot does not count: its state is " + labels.get(SnapshotKeys.STATE));
    }
    for (String time : TIMES) {
      read(annotations, time, Instant::parse);
    }
    read(annotations, SnapshotKeys.GTID_BINLOG_POS, GtidPosition::parse);
    read(annotations, SnapshotKeys.GTID_BINLOG_STATE, GtidState::parse);
    read(annotations, SnapshotKeys.GTID_CURRENT_POS, GtidPosition::parse);
    place(annotations);
  }

  public SnapshotState state() {
    return SnapshotState.ofLabel(labels.getOrDefault(SnapshotKeys.STATE, "")).orElseThrow();
  }

  /// What makes a recovery to a point in time from this snapshot impossible; empty if nothing does.
  public Optional<String> againstRecovery() {
    return "no".equals(labels.get(SnapshotKeys.PITR))
        ? Optional.of(annotations.getOrDefault(SnapshotKeys.PITR_REASON, "the reason is not known"))
        : Optional.empty();
  }

  /// Where the server's own log stood at the cut; empty if only the copy itself knows.
  public Optional<GtidPosition> binlogPosition() {
    return read(annotations, SnapshotKeys.GTID_BINLOG_POS, GtidPosition::parse);
  }

  /// The same with the last of each server; empty too if it was too long to be recorded.
  public Optional<GtidState> binlogState() {
    return Optional.ofNullable(annotations.get(SnapshotKeys.GTID_BINLOG_STATE))
        .map(GtidState::parse)
        .flatMap(state -> binlogPosition().map(state::endingAt));
  }

  /// The same with what it had applied as a replica.
  public Optional<GtidPosition> currentPosition() {
    return read(annotations, SnapshotKeys.GTID_CURRENT_POS, GtidPosition::parse);
  }

  /// Where its log ended at the cut; empty if only the copy itself knows.
  public Optional<Place> place() {
    return place(annotations);
  }

  public Optional<Instant> lockAcquiredAt() {
    return read(annotations, SnapshotKeys.LOCK_ACQUIRED_AT, Instant::parse);
  }

  public Optional<Instant> cutSeenAt() {
    return read(annotations, SnapshotKeys.CUT_SEEN_AT, Instant::parse);
  }

  /// When its data were what they are, by the clock of the job that made it, or else of the
  /// storage.
  public Instant cutAt() {
    return cutSeenAt().orElse(snapshot.creationTime());
  }

  public Optional<Instant> releasedAt() {
    return read(annotations, SnapshotKeys.RELEASED_AT, Instant::parse);
  }

  public byte[] json() {
    return CatalogueJson.write(this);
  }

  /// Reads what was written.
  ///
  /// @param object the key, for what there is to complain about
  public static CatalogueEntry read(String object, byte[] json) throws ArchiveFormatException {
    return CatalogueJson.read(object, json);
  }

  private static Optional<Place> place(Map<String, String> annotations) {
    Optional<LogName> log = read(annotations, SnapshotKeys.BINLOG_FILE, LogName::new);
    Optional<Long> offset = read(annotations, SnapshotKeys.BINLOG_OFFSET, CatalogueEntry::offset);
    if (log.isPresent() != offset.isPresent()) {
      throw new IllegalArgumentException(
          SnapshotKeys.BINLOG_FILE + " and " + SnapshotKeys.BINLOG_OFFSET + " come together");
    }
    return log.map(name -> new Place(name, offset.orElseThrow()));
  }

  private static long offset(String text) {
    if (!text.matches("\\d{1,12}")) {
      throw new IllegalArgumentException(Names.quoted(text) + " is no offset");
    }
    return Long.parseLong(text);
  }

  private static <T> Optional<T> read(
      Map<String, String> annotations, String key, Function<String, T> parse) {
    try {
      return Optional.ofNullable(annotations.get(key)).map(parse);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException("annotation " + key + ": " + e.getMessage(), e);
    }
  }
}
