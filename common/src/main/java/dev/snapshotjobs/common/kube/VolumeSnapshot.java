package dev.snapshotjobs.common.kube;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A VolumeSnapshot as it was at one read (`snapshot.storage.k8s.io/v1`; its status has no
/// conditions).
public record VolumeSnapshot(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    Map<String, String> labels,
    Map<String, String> annotations,
    boolean beingDeleted,
    Source source,
    Status status) {

  public VolumeSnapshot {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /// Where the data come from; without a claim, from a content that existed already.
  public record Source(@Nullable String claimName) {}

  /// What the snapshot controller has reported so far; all of it may be absent.
  ///
  /// @param creationTime when the storage made the cut, in whole seconds of its own clock
  public record Status(
      @Nullable String boundContentName,
      @Nullable Instant creationTime,
      boolean readyToUse,
      @Nullable String error) {
    public static final Status NONE = new Status(null, null, false, null);
  }

  public Optional<String> label(String key) {
    return Optional.ofNullable(labels.get(key));
  }

  public Optional<String> annotation(String key) {
    return Optional.ofNullable(annotations.get(key));
  }

  /// Whether the storage has made the cut: the moment after which the database may go on.
  public boolean isCut() {
    return status.creationTime() != null && status.boundContentName() != null;
  }
}
