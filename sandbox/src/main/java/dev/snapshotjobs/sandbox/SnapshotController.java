package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The part of the snapshot-controller: binds VolumeSnapshots to contents, shows the contents'
/// state on them and takes both away again.
final class SnapshotController implements ReconcileLoop.Reconciler {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Cluster cluster;
  private final SnapshotBinder binder;

  SnapshotController(Cluster cluster) {
    this.cluster = cluster;
    this.binder = new SnapshotBinder(cluster);
  }

  static String contentName(GenericKubernetesResource snapshot) {
    return Cluster.text(snapshot, "status", "boundVolumeSnapshotContentName")
        .or(() -> Cluster.text(snapshot, "spec", "source", "volumeSnapshotContentName"))
        .orElse("snapcontent-" + snapshot.getMetadata().getUid());
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Optional<GenericKubernetesResource> found = cluster.find(SNAPSHOT, key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    GenericKubernetesResource snapshot = found.get();
    Resource<GenericKubernetesResource> resource = cluster.at(SNAPSHOT, key);
    if (snapshot.isMarkedForDeletion()) {
      delete(snapshot, resource);
      return Optional.empty();
    }
    Cluster.addFinalizers(
        resource, SnapshotApi.SNAPSHOT_SOURCE_FINALIZER, SnapshotApi.SNAPSHOT_BOUND_FINALIZER);
    ObjectKey contentKey = new ObjectKey("", contentName(snapshot));
    if (Cluster.text(snapshot, "status", "boundVolumeSnapshotContentName").isEmpty()) {
      try {
        binder.bind(snapshot, contentKey);
      } catch (SnapshotBinder.Refusal e) {
        showError(snapshot, resource, e.reason());
        return Optional.of(RETRY);
      }
      Cluster.patchStatus(
          resource,
          Map.of("boundVolumeSnapshotContentName", contentKey.name(), "readyToUse", false));
      return Optional.empty(); // the patch is an event
    }
    cluster.find(CONTENT, contentKey).ifPresent(content -> mirror(snapshot, content, resource));
    if (Cluster.isTrue(snapshot, "status", "readyToUse")) {
      binder.releaseClaim(snapshot);
    }
    return Optional.empty();
  }

  private static void showError(
      GenericKubernetesResource snapshot,
      Resource<GenericKubernetesResource> resource,
      String message) {
    if (!Cluster.text(snapshot, "status", "error", "message").equals(Optional.of(message))) {
      Cluster.patchStatus(resource, Map.of("readyToUse", false, "error", error(message)));
    }
  }

  static Map<String, Object> error(String message) {
    return Map.of(
        "time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), "message", message);
  }

  private static void mirror(
      GenericKubernetesResource snapshot,
      GenericKubernetesResource content,
      Resource<GenericKubernetesResource> resource) {
    boolean ready = Cluster.isTrue(content, "status", "readyToUse");
    Map<String, @Nullable Object> wanted = new HashMap<>();
    wanted.put("readyToUse", ready);
    Cluster.text(content, "status", "creationTime")
        .ifPresent(nanos -> wanted.put("creationTime", toSeconds(Long.parseLong(nanos))));
    Cluster.text(content, "status", "restoreSize")
        .ifPresent(bytes -> wanted.put("restoreSize", quantity(Long.parseLong(bytes))));
    Object error = content.get("status", "error");
    if (ready || error != null) { // an error stays until the snapshot is ready
      wanted.put("error", ready ? null : error);
    }
    Object status = Objects.requireNonNullElse(snapshot.get("status"), Map.of());
    boolean same =
        wanted.entrySet().stream()
            .allMatch(
                entry ->
                    Objects.equals(((Map<?, ?>) status).get(entry.getKey()), entry.getValue()));
    if (!same) {
      Cluster.patchStatus(resource, wanted);
    }
  }

  private static String toSeconds(long nanos) {
    return Instant.ofEpochSecond(0, nanos).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String quantity(long bytes) {
    return bytes > 0 && bytes % (1 << 20) == 0 ? (bytes >> 20) + "Mi" : Long.toString(bytes);
  }

  private void delete(
      GenericKubernetesResource snapshot, Resource<GenericKubernetesResource> resource) {
    ObjectKey contentKey = new ObjectKey("", contentName(snapshot));
    Optional<GenericKubernetesResource> content =
        cluster
            .find(CONTENT, contentKey)
            .filter(
                bound ->
                    Cluster.text(bound, "spec", "volumeSnapshotRef", "uid")
                        .equals(Optional.of(snapshot.getMetadata().getUid())));
    if (content.isPresent() && !deleteContent(content.get(), contentKey)) {
      return; // the content's next event brings us back
    }
    binder.releaseClaim(snapshot);
    Cluster.removeFinalizers(
        resource, SnapshotApi.SNAPSHOT_SOURCE_FINALIZER, SnapshotApi.SNAPSHOT_BOUND_FINALIZER);
  }

  /// True when nothing of the content stands in the way of the snapshot's end.
  private boolean deleteContent(GenericKubernetesResource content, ObjectKey key) {
    if (Cluster.annotation(content, SnapshotApi.BEING_CREATED).equals("yes")) {
      return false;
    }
    if (Cluster.annotation(content, SnapshotApi.BEING_DELETED).isEmpty()) {
      Cluster.annotate(cluster.at(CONTENT, key), Map.of(SnapshotApi.BEING_DELETED, "yes"));
    }
    if (Cluster.text(content, "spec", "deletionPolicy").equals(Optional.of("Retain"))) {
      return true;
    }
    if (!content.isMarkedForDeletion()) {
      cluster.at(CONTENT, key).delete();
    }
    return false;
  }
}
