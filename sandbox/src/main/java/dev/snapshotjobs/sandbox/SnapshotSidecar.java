package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CLASS;
import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The part of the csi-snapshotter and of the driver behind it: cuts and deletes snapshots.
final class SnapshotSidecar implements ReconcileLoop.Reconciler {

  static final String PAUSE_ANNOTATION = "sandbox/pause-micros";

  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  /// How the making of one snapshot has gone so far.
  private record Attempts(Instant first, int failed, Instant notBefore) {

    Attempts andOneMore() {
      Duration backOff = Duration.ofSeconds(1L << Math.min(failed, 10));
      Duration wait = backOff.compareTo(LONGEST_RETRY) < 0 ? backOff : LONGEST_RETRY;
      return new Attempts(first, failed + 1, Instant.now().plus(wait));
    }
  }

  private final Cluster cluster;
  private final Volumes volumes;
  private final Map<String, Attempts> attempts = new ConcurrentHashMap<>();
  private final Map<String, Instant> cuts = new ConcurrentHashMap<>();

  SnapshotSidecar(Cluster cluster, Volumes volumes) {
    this.cluster = cluster;
    this.volumes = volumes;
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Optional<GenericKubernetesResource> found = cluster.find(CONTENT, key);
    if (found.isEmpty()
        || !Cluster.text(found.get(), "spec", "driver").equals(Optional.of(Volumes.DRIVER))) {
      return Optional.empty();
    }
    GenericKubernetesResource content = found.get();
    Resource<GenericKubernetesResource> resource = cluster.at(CONTENT, key);
    DriverBehaviour behaviour = behaviour(content);
    if (content.isMarkedForDeletion()) {
      if (Cluster.annotation(content, SnapshotApi.BEING_CREATED).equals("yes")) {
        // A call to the storage that is under way is not called back: it ends, and then this goes.
        return create(content, resource, behaviour);
      }
      delete(content, resource);
      return Optional.empty();
    }
    Cluster.addFinalizers(resource, SnapshotApi.CONTENT_FINALIZER);
    if (!CutStatus.isShown(content)) {
      return Cluster.text(content, "spec", "source", "snapshotHandle").isPresent()
          ? adopt(content, resource)
          : create(content, resource, behaviour);
    }
    if (CutStatus.timeOf(content).isEmpty()) {
      return date(content, resource, behaviour);
    }
    return Cluster.isTrue(content, "status", "readyToUse")
        ? Optional.empty()
        : finish(content, resource, behaviour);
  }

  private DriverBehaviour behaviour(GenericKubernetesResource content) {
    return Cluster.text(content, "spec", "volumeSnapshotClassName")
        .flatMap(name -> cluster.find(CLASS, new ObjectKey("", name)))
        .map(DriverBehaviour::of)
        .orElse(DriverBehaviour.PLAIN);
  }

  private Optional<Duration> create(
      GenericKubernetesResource content,
      Resource<GenericKubernetesResource> resource,
      DriverBehaviour behaviour) {
    String name = content.getMetadata().getName();
    Instant now = Instant.now();
    Attempts sofar = attempts.computeIfAbsent(name, ignored -> new Attempts(now, 0, now));
    if (sofar.notBefore().isAfter(now)) {
      return Optional.of(Duration.between(now, sofar.notBefore()));
    }
    if (!Cluster.annotation(content, SnapshotApi.BEING_CREATED).equals("yes")) {
      Cluster.annotate(resource, Map.of(SnapshotApi.BEING_CREATED, "yes"));
    }
    if (behaviour.neverCut()) {
      return Optional.empty();
    }
    Instant cutTime = sofar.first().plus(behaviour.beforeCut());
    if (cutTime.isAfter(now)) {
      return Optional.of(Duration.between(now, cutTime));
    }
    if (behaviour.failsAfter(sofar.failed())) {
      return fail(content, resource, sofar);
    }
    cut(content, resource, behaviour);
    attempts.remove(name);
    return Optional.empty(); // the patches are events
  }

  /// A final error: the annotation goes, and the next attempt comes all the same.
  private Optional<Duration> fail(
      GenericKubernetesResource content,
      Resource<GenericKubernetesResource> resource,
      Attempts sofar) {
    Attempts next = sofar.andOneMore();
    attempts.put(content.getMetadata().getName(), next);
    String message =
        "Failed to check and update snapshot content: failed to take snapshot of the volume "
            + volumeHandle(content)
            + ": \"rpc error: code = Internal desc = this class was told to fail\"";
    Cluster.patchStatus(
        resource, Map.of("readyToUse", false, "error", SnapshotController.error(message)));
    Map<String, @Nullable String> gone = new HashMap<>();
    gone.put(SnapshotApi.BEING_CREATED, null);
    Cluster.annotate(resource, gone);
    return Optional.of(Duration.between(Instant.now(), next.notBefore()));
  }

  private void cut(
      GenericKubernetesResource content,
      Resource<GenericKubernetesResource> resource,
      DriverBehaviour behaviour) {
    String handle = "snap-" + content.getMetadata().getUid();
    Volumes.Cut cut = volumes.cut(volumeHandle(content), handle);
    cuts.put(handle, cut.time());
    long bytes = behaviour.restoreSize().orElseGet(() -> capacity(volumeHandle(content)));
    Cluster.patchStatus(resource, new CutStatus(handle, cut.time(), bytes).first(behaviour));
    Map<String, @Nullable String> annotations = new HashMap<>();
    annotations.put(SnapshotApi.BEING_CREATED, null);
    cut.pause()
        .ifPresent(
            pause ->
                annotations.put(
                    PAUSE_ANNOTATION, Long.toString(pause.duration().toNanos() / 1000)));
    Cluster.annotate(resource, annotations);
  }

  /// Shows the time of the cut, which was held back.
  private Optional<Duration> date(
      GenericKubernetesResource content,
      Resource<GenericKubernetesResource> resource,
      DriverBehaviour behaviour) {
    Instant now = Instant.now();
    String handle = Cluster.text(content, "status", "snapshotHandle").orElseThrow();
    Instant time = cuts.getOrDefault(handle, now);
    Instant due = time.plus(behaviour.untilCreationTime());
    if (due.isAfter(now)) {
      return Optional.of(Duration.between(now, due).plusMillis(1));
    }
    Cluster.patchStatus(resource, CutStatus.ofTime(time));
    return Optional.empty();
  }

  private Optional<Duration> finish(
      GenericKubernetesResource content,
      Resource<GenericKubernetesResource> resource,
      DriverBehaviour behaviour) {
    if (behaviour.neverReady()) {
      return Optional.empty();
    }
    Instant readyAt = CutStatus.timeOf(content).orElseThrow().plus(behaviour.untilReady());
    Instant now = Instant.now();
    if (readyAt.isAfter(now)) {
      return Optional.of(Duration.between(now, readyAt).plusMillis(1));
    }
    Map<String, @Nullable Object> ready = new HashMap<>();
    ready.put("readyToUse", true);
    ready.put("error", null);
    Cluster.patchStatus(resource, ready);
    return Optional.empty();
  }

  /// A content that somebody wrote for a snapshot that exists already.
  private Optional<Duration> adopt(
      GenericKubernetesResource content, Resource<GenericKubernetesResource> resource) {
    String handle = Cluster.text(content, "spec", "source", "snapshotHandle").orElseThrow();
    if (volumes.hasSnapshot(handle)) {
      Instant time = cuts.getOrDefault(handle, Instant.now());
      Cluster.patchStatus(resource, new CutStatus(handle, time, 0).ready());
      return Optional.empty();
    }
    String message =
        "Failed to check and update snapshot content: failed to list snapshot for content "
            + content.getMetadata().getName()
            + ": \"rpc error: code = NotFound desc = no snapshot "
            + handle
            + "\"";
    if (!Cluster.text(content, "status", "error", "message").equals(Optional.of(message))) {
      Cluster.patchStatus(
          resource, Map.of("readyToUse", false, "error", SnapshotController.error(message)));
    }
    return Optional.of(LONGEST_RETRY);
  }

  private void delete(
      GenericKubernetesResource content, Resource<GenericKubernetesResource> resource) {
    ObjectKey owner =
        new ObjectKey(
            Cluster.text(content, "spec", "volumeSnapshotRef", "namespace").orElse(""),
            Cluster.text(content, "spec", "volumeSnapshotRef", "name").orElse(""));
    Optional<String> uid = Cluster.text(content, "spec", "volumeSnapshotRef", "uid");
    boolean bound =
        cluster
            .find(SNAPSHOT, owner)
            .filter(snapshot -> !snapshot.isMarkedForDeletion())
            .filter(snapshot -> Optional.of(snapshot.getMetadata().getUid()).equals(uid))
            .isPresent();
    if (bound) {
      return;
    }
    if (Cluster.text(content, "spec", "deletionPolicy").equals(Optional.of("Delete"))) {
      Cluster.text(content, "status", "snapshotHandle").ifPresent(volumes::deleteSnapshot);
    }
    attempts.remove(content.getMetadata().getName());
    Cluster.removeFinalizers(resource, SnapshotApi.CONTENT_FINALIZER);
  }

  private static String volumeHandle(GenericKubernetesResource content) {
    return Cluster.text(content, "spec", "source", "volumeHandle").orElseThrow();
  }

  private long capacity(String volume) {
    return Optional.ofNullable(cluster.client().persistentVolumes().withName(volume).get())
        .map(found -> found.getSpec().getCapacity().get("storage"))
        .map(storage -> storage.getNumericalAmount().longValue())
        .orElse(0L);
  }
}
