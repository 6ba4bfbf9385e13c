package dev.snapshotjobs.common.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Translates between the API's objects and our records; nothing else knows the API's spelling.
final class SnapshotObjects {
  private static final String DEFAULT_CLASS = "snapshot.storage.kubernetes.io/is-default-class";
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private SnapshotObjects() {}

  static GenericKubernetesResource of(String namespace, VolumeSnapshots.Draft draft) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setApiVersion(VolumeSnapshots.GROUP + "/v1");
    resource.setKind("VolumeSnapshot");
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(draft.name())
            .withLabels(draft.labels())
            .withAnnotations(draft.annotations())
            .build());
    resource.setAdditionalProperty(
        "spec",
        Map.of(
            "volumeSnapshotClassName",
            draft.className(),
            "source",
            Map.of("persistentVolumeClaimName", draft.claimName())));
    return resource;
  }

  static VolumeSnapshot snapshot(GenericKubernetesResource resource) {
    ObjectMeta metadata = resource.getMetadata();
    return new VolumeSnapshot(
        metadata.getNamespace(),
        metadata.getName(),
        metadata.getUid(),
        metadata.getResourceVersion(),
        Objects.requireNonNullElse(metadata.getLabels(), Map.of()),
        Objects.requireNonNullElse(metadata.getAnnotations(), Map.of()),
        metadata.getDeletionTimestamp() != null,
        new VolumeSnapshot.Source(text(resource, "spec", "source", "persistentVolumeClaimName")),
        new VolumeSnapshot.Status(
            text(resource, "status", "boundVolumeSnapshotContentName"),
            Optional.ofNullable(text(resource, "status", "creationTime"))
                .map(Instant::parse)
                .orElse(null),
            "true".equals(text(resource, "status", "readyToUse")),
            text(resource, "status", "error", "message")));
  }

  static VolumeSnapshotContent content(GenericKubernetesResource resource) {
    ObjectMeta metadata = resource.getMetadata();
    return new VolumeSnapshotContent(
        metadata.getName(),
        metadata.getUid(),
        orEmpty(text(resource, "spec", "driver")),
        orEmpty(text(resource, "spec", "deletionPolicy")),
        orEmpty(text(resource, "spec", "volumeSnapshotClassName")),
        orEmpty(text(resource, "spec", "volumeSnapshotRef", "namespace")),
        orEmpty(text(resource, "spec", "volumeSnapshotRef", "name")),
        text(resource, "spec", "volumeSnapshotRef", "uid"),
        text(resource, "status", "snapshotHandle"),
        // Bytes as they are, unlike in a VolumeSnapshot.
        resource.get("status", "restoreSize") instanceof Number size ? size.longValue() : null);
  }

  static VolumeSnapshotClass snapshotClass(GenericKubernetesResource resource) {
    Map<String, String> annotations =
        Objects.requireNonNullElse(resource.getMetadata().getAnnotations(), Map.of());
    return new VolumeSnapshotClass(
        resource.getMetadata().getName(),
        orEmpty(text(resource, "driver")),
        orEmpty(text(resource, "deletionPolicy")),
        "true".equals(annotations.get(DEFAULT_CLASS)));
  }

  static String json(Object value) {
    return SERIALIZATION.asJson(value);
  }

  private static @Nullable String text(GenericKubernetesResource resource, Object... path) {
    Object value = resource.get(path);
    return value == null ? null : value.toString();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
