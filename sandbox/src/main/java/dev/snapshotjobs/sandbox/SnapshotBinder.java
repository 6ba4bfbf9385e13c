package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CLASS;
import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.Serial;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/// Finds or makes the VolumeSnapshotContent of a VolumeSnapshot.
record SnapshotBinder(Cluster cluster) {

  /// Why a snapshot cannot be bound; the text is for its `status.error`, as upstream words it.
  static final class Refusal extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    Refusal(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  void bind(GenericKubernetesResource snapshot, ObjectKey contentKey) throws Refusal {
    if (Cluster.text(snapshot, "spec", "source", "volumeSnapshotContentName").isPresent()) {
      adopt(snapshot, contentKey);
    } else if (cluster.find(CONTENT, contentKey).isEmpty()) {
      create(snapshot, contentKey);
    }
  }

  private void adopt(GenericKubernetesResource snapshot, ObjectKey contentKey) throws Refusal {
    GenericKubernetesResource content =
        cluster
            .find(CONTENT, contentKey)
            .orElseThrow(() -> new Refusal("VolumeSnapshotContent is missing"));
    String uid = snapshot.getMetadata().getUid();
    ObjectKey wanted =
        new ObjectKey(
            Cluster.text(content, "spec", "volumeSnapshotRef", "namespace").orElse(""),
            Cluster.text(content, "spec", "volumeSnapshotRef", "name").orElse(""));
    Optional<String> boundTo = Cluster.text(content, "spec", "volumeSnapshotRef", "uid");
    if (!wanted.equals(Cluster.keyOf(snapshot))
        || boundTo.filter(u -> !u.equals(uid)).isPresent()) {
      throw new Refusal(
          "VolumeSnapshotContent [" + contentKey.name() + "] is bound to a different snapshot");
    }
    Cluster.patch(
        cluster.at(CONTENT, contentKey),
        Map.of("spec", Map.of("volumeSnapshotRef", Map.of("uid", uid))));
  }

  private void create(GenericKubernetesResource snapshot, ObjectKey contentKey) throws Refusal {
    GenericKubernetesResource snapshotClass = snapshotClass(snapshot);
    String driver = Cluster.text(snapshotClass, "driver").orElse("");
    PersistentVolume volume = volumeOf(snapshot);
    var csi = volume.getSpec().getCsi();
    if (csi == null) {
      throw refusal("cannot find CSI PersistentVolumeSource for volume " + name(volume));
    }
    if (!csi.getDriver().equals(driver)) {
      throw refusal(
          "the class has driver %s, volume %s has %s"
              .formatted(driver, name(volume), csi.getDriver()));
    }
    Cluster.addFinalizers(claimOf(snapshot), SnapshotApi.CLAIM_FINALIZER);
    Map<String, Object> spec =
        Map.of(
            "volumeSnapshotRef",
            Map.of(
                "apiVersion", SnapshotApi.API_VERSION,
                "kind", "VolumeSnapshot",
                "namespace", snapshot.getMetadata().getNamespace(),
                "name", snapshot.getMetadata().getName(),
                "uid", uidToBind(snapshot, DriverBehaviour.of(snapshotClass))),
            "source",
            Map.of("volumeHandle", csi.getVolumeHandle()),
            "sourceVolumeMode",
            "Filesystem",
            "driver",
            driver,
            "deletionPolicy",
            Cluster.text(snapshotClass, "deletionPolicy").orElse("Delete"),
            "volumeSnapshotClassName",
            snapshotClass.getMetadata().getName());
    // The decision stands, whatever happens to the VolumeSnapshot meanwhile: so does upstream's.
    LockSupport.parkNanos(DriverBehaviour.of(snapshotClass).beforeContent().toNanos());
    cluster.create(
        new GenericKubernetesResourceBuilder()
            .withApiVersion(SnapshotApi.API_VERSION)
            .withKind("VolumeSnapshotContent")
            .withNewMetadata()
            .withName(contentKey.name())
            .withFinalizers(SnapshotApi.CONTENT_FINALIZER)
            .endMetadata()
            .addToAdditionalProperties("spec", spec)
            .build());
  }

  private static String uidToBind(GenericKubernetesResource snapshot, DriverBehaviour behaviour) {
    return behaviour.bindsToAnother()
        ? UUID.randomUUID().toString()
        : snapshot.getMetadata().getUid();
  }

  private GenericKubernetesResource snapshotClass(GenericKubernetesResource snapshot)
      throws Refusal {
    Optional<String> name = Cluster.text(snapshot, "spec", "volumeSnapshotClassName");
    if (name.isPresent()) {
      return cluster
          .find(CLASS, new ObjectKey("", name.get()))
          .orElseThrow(
              () ->
                  new Refusal(
                      "Failed to get snapshot class with error volumesnapshotclass."
                          + SnapshotApi.GROUP
                          + " \""
                          + name.get()
                          + "\" not found"));
    }
    List<GenericKubernetesResource> defaults =
        cluster.list(CLASS).stream()
            .filter(each -> Cluster.annotation(each, SnapshotApi.DEFAULT_CLASS).equals("true"))
            .toList();
    if (defaults.size() != 1) {
      throw new Refusal(
          "Failed to set default snapshot class with error "
              + (defaults.isEmpty()
                  ? "cannot find default snapshot class"
                  : defaults.size() + " default snapshot classes were found"));
    }
    return defaults.getFirst();
  }

  private PersistentVolume volumeOf(GenericKubernetesResource snapshot) throws Refusal {
    Resource<PersistentVolumeClaim> resource = claimOf(snapshot);
    PersistentVolumeClaim claim = resource.get();
    if (claim == null) {
      throw refusal(
          "snapshot controller failed to update %s on API server: cannot get claim from snapshot"
              .formatted(snapshot.getMetadata().getName()));
    }
    String volume = claim.getSpec().getVolumeName();
    boolean bound = claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
    if (!bound || volume == null) {
      throw refusal(
          "the PVC %s is not yet bound to a PV, will not attempt to take a snapshot"
              .formatted(claim.getMetadata().getName()));
    }
    PersistentVolume found = cluster.client().persistentVolumes().withName(volume).get();
    if (found == null) {
      throw refusal("cannot find volume " + volume);
    }
    return found;
  }

  private Resource<PersistentVolumeClaim> claimOf(GenericKubernetesResource snapshot) {
    return cluster
        .client()
        .persistentVolumeClaims()
        .inNamespace(snapshot.getMetadata().getNamespace())
        .withName(sourceClaim(snapshot).orElse("-"));
  }

  private static Optional<String> sourceClaim(GenericKubernetesResource snapshot) {
    return Cluster.text(snapshot, "spec", "source", "persistentVolumeClaimName");
  }

  /// Lets go of the source claim unless another snapshot of it is still being made.
  void releaseClaim(GenericKubernetesResource snapshot) {
    Optional<String> claim = sourceClaim(snapshot);
    if (claim.isEmpty()) {
      return;
    }
    boolean needed =
        cluster.list(SNAPSHOT).stream()
            .filter(other -> !Cluster.keyOf(other).equals(Cluster.keyOf(snapshot)))
            .filter(
                other ->
                    other
                        .getMetadata()
                        .getNamespace()
                        .equals(snapshot.getMetadata().getNamespace()))
            .filter(other -> sourceClaim(other).equals(claim))
            .anyMatch(other -> !Cluster.isTrue(other, "status", "readyToUse"));
    if (!needed) {
      Cluster.removeFinalizers(claimOf(snapshot), SnapshotApi.CLAIM_FINALIZER);
    }
  }

  private static Refusal refusal(String message) {
    return new Refusal("Failed to create snapshot content with error " + message);
  }

  private static String name(PersistentVolume volume) {
    return volume.getMetadata().getName();
  }
}
