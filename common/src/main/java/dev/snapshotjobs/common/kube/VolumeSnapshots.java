package dev.snapshotjobs.common.kube;

import static dev.snapshotjobs.common.kube.Cluster.request;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The VolumeSnapshots of one namespace, their contents and classes, as the API serves them.
///
/// Each write names the uid that it means: an object deleted and made again under the same name is
/// another one.
public final class VolumeSnapshots {
  public static final String GROUP = "snapshot.storage.k8s.io";
  private static final String API_VERSION = GROUP + "/v1";
  private static final int ATTEMPTS_AGAINST_OTHER_WRITERS = 10;

  private final KubernetesClient client;
  private final KubernetesClient once;
  private final String namespace;

  VolumeSnapshots(KubernetesClient client, KubernetesClient once, String namespace) {
    this.client = client;
    this.once = once;
    this.namespace = namespace;
  }

  /// A VolumeSnapshot to create from a claim; the class is always named, so no default can
  /// surprise.
  public record Draft(
      String name,
      String claimName,
      String className,
      Map<String, String> labels,
      Map<String, String> annotations) {}

  /// The VolumeSnapshot is not what the writer took it for.
  public static final class ChangedMeanwhileException extends Exception {
    private static final long serialVersionUID = 1L;

    ChangedMeanwhileException(String message) {
      super(message);
    }
  }

  /// Whether this cluster has the VolumeSnapshot API at all: it is an add-on everywhere.
  public boolean isServed() {
    return request(
        "asking for the API " + API_VERSION, () -> client.getApiResources(API_VERSION) != null);
  }

  public Optional<VolumeSnapshot> find(String name) {
    return request(
            "reading VolumeSnapshot " + name,
            () -> Optional.ofNullable(snapshots().withName(name).get()))
        .map(SnapshotObjects::snapshot);
  }

  /// Reads it by a single request, for whoever looks again anyway.
  Optional<VolumeSnapshot> findOnce(String name) {
    return request(
            "reading VolumeSnapshot " + name,
            () -> Optional.ofNullable(snapshots(once).withName(name).get()))
        .map(SnapshotObjects::snapshot);
  }

  /// Every VolumeSnapshot of the namespace, also those of others.
  public List<VolumeSnapshot> list() {
    return request("listing the VolumeSnapshots", () -> snapshots().list()).getItems().stream()
        .map(SnapshotObjects::snapshot)
        .toList();
  }

  /// Creates it by a single request: whoever calls this may be holding a lock.
  public VolumeSnapshot create(Draft draft) {
    return SnapshotObjects.snapshot(
        request(
            "creating VolumeSnapshot " + draft.name(),
            () -> snapshots(once).resource(SnapshotObjects.of(namespace, draft)).create()));
  }

  /// Has the API check everything about a creation (rights, quota, admission) without doing it.
  public void rehearse(Draft draft) {
    request(
        "rehearsing the creation of VolumeSnapshot " + draft.name(),
        () -> snapshots(once).resource(SnapshotObjects.of(namespace, draft)).dryRun().create());
  }

  public SnapshotWatch watch(String name) {
    return new SnapshotWatch(this, name, snapshots(once).withName(name));
  }

  /// Changes labels and annotations of exactly this object, provided that the condition still holds
  /// for what is stored at the moment of the write. A null value removes the key.
  public VolumeSnapshot mark(
      VolumeSnapshot meant,
      Predicate<VolumeSnapshot> condition,
      Map<String, @Nullable String> labels,
      Map<String, @Nullable String> annotations)
      throws ChangedMeanwhileException {
    for (int attempt = 1; ; attempt++) {
      VolumeSnapshot now =
          find(meant.name())
              .filter(found -> found.uid().equals(meant.uid()))
              .orElseThrow(
                  () ->
                      new ChangedMeanwhileException(
                          "VolumeSnapshot " + meant.name() + " was deleted by someone else"));
      if (!condition.test(now)) {
        throw new ChangedMeanwhileException(
            "VolumeSnapshot " + now.name() + " was changed by someone else: " + now.labels());
      }
      try {
        return SnapshotObjects.snapshot(
            patchMetadata(
                "marking VolumeSnapshot " + now.name(),
                snapshots().withName(now.name()),
                new ObjectIdentity(now.uid(), now.resourceVersion()),
                labels,
                annotations));
      } catch (KubernetesFailure failure) {
        if (!failure.isConflict() || attempt == ATTEMPTS_AGAINST_OTHER_WRITERS) {
          throw failure;
        }
      }
    }
  }

  /// Asks the API to delete exactly this object; it may take its time.
  ///
  /// @return false if it was gone already, or is another one by now
  public boolean delete(VolumeSnapshot snapshot) {
    String path =
        "/apis/%s/namespaces/%s/volumesnapshots/%s"
            .formatted(API_VERSION, namespace, snapshot.name());
    var options =
        new DeleteOptionsBuilder()
            .withNewPreconditions()
            .withUid(snapshot.uid())
            .endPreconditions()
            .build();
    try {
      return request(
              "deleting VolumeSnapshot " + snapshot.name(),
              () -> Optional.ofNullable(client.raw(path, "DELETE", options)))
          .isPresent();
    } catch (KubernetesFailure failure) {
      if (failure.isConflict() || failure.status() == 404) {
        return false;
      }
      throw failure;
    }
  }

  /// The content of a VolumeSnapshot: the one that it names, or else the one that the controller
  /// makes for it and may not have told of yet.
  public Optional<VolumeSnapshotContent> findContentOf(VolumeSnapshot snapshot) {
    String bound = snapshot.status().boundContentName();
    return findContent(bound == null ? "snapcontent-" + snapshot.uid() : bound)
        .filter(content -> content.refersTo(snapshot));
  }

  public Optional<VolumeSnapshotContent> findContent(String name) {
    return request(
            "reading VolumeSnapshotContent " + name,
            () -> Optional.ofNullable(contents().withName(name).get()))
        .map(SnapshotObjects::content);
  }

  /// Repeats labels and annotations on the content, which outlives the VolumeSnapshot under Retain.
  public void markContent(
      VolumeSnapshotContent content, Map<String, String> labels, Map<String, String> annotations) {
    patchMetadata(
        "marking VolumeSnapshotContent " + content.name(),
        contents().withName(content.name()),
        new ObjectIdentity(content.uid(), null),
        new HashMap<>(labels),
        new HashMap<>(annotations));
  }

  /// Makes the storage free the snapshot once its object is deleted.
  public void freeWithObject(VolumeSnapshotContent content) {
    request(
        "setting deletionPolicy Delete on VolumeSnapshotContent " + content.name(),
        () ->
            contents()
                .withName(content.name())
                .patch(
                    PatchContext.of(PatchType.JSON_MERGE),
                    SnapshotObjects.json(
                        Map.of(
                            "metadata", Map.of("uid", content.uid()),
                            "spec", Map.of("deletionPolicy", "Delete")))));
  }

  public List<VolumeSnapshotClass> classes() {
    return request(
            "listing the VolumeSnapshotClasses",
            () ->
                client
                    .genericKubernetesResources(
                        context("VolumeSnapshotClass", "volumesnapshotclasses", false))
                    .list())
        .getItems()
        .stream()
        .map(SnapshotObjects::snapshotClass)
        .toList();
  }

  private record ObjectIdentity(String uid, @Nullable String resourceVersion) {}

  private GenericKubernetesResource patchMetadata(
      String doing,
      Resource<GenericKubernetesResource> resource,
      ObjectIdentity identity,
      Map<String, @Nullable String> labels,
      Map<String, @Nullable String> annotations) {
    Map<String, @Nullable Object> metadata = new HashMap<>();
    metadata.put("uid", identity.uid());
    if (identity.resourceVersion() != null) {
      metadata.put("resourceVersion", identity.resourceVersion());
    }
    metadata.put("labels", labels);
    metadata.put("annotations", annotations);
    return request(
        doing,
        () ->
            resource.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                SnapshotObjects.json(Map.of("metadata", metadata))));
  }

  private NonNamespaceOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      snapshots() {
    return snapshots(client);
  }

  private NonNamespaceOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      snapshots(KubernetesClient by) {
    return by.genericKubernetesResources(context("VolumeSnapshot", "volumesnapshots", true))
        .inNamespace(namespace);
  }

  private MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      contents() {
    return client.genericKubernetesResources(
        context("VolumeSnapshotContent", "volumesnapshotcontents", false));
  }

  private static ResourceDefinitionContext context(String kind, String plural, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(GROUP)
        .withVersion("v1")
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }
}
