package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.TypedLocalObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Gives each PersistentVolumeClaim a volume, empty or from a snapshot, and takes it back.
final class VolumeProvisioner implements ReconcileLoop.Reconciler {

  static final String STORAGE_CLASS = "sandbox";
  private static final String IN_USE_FINALIZER = "kubernetes.io/pvc-protection";

  private final Cluster cluster;
  private final Volumes volumes;

  VolumeProvisioner(Cluster cluster, Volumes volumes) {
    this.cluster = cluster;
    this.volumes = volumes;
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Resource<PersistentVolumeClaim> resource =
        client().persistentVolumeClaims().inNamespace(key.namespace()).withName(key.name());
    PersistentVolumeClaim claim = resource.get();
    if (claim == null) {
      releaseVolumesOf(key);
    } else if (claim.isMarkedForDeletion()) {
      if (!isMounted(key)) {
        Cluster.removeFinalizers(resource, IN_USE_FINALIZER);
      }
    } else if (!isBound(claim)) {
      Cluster.addFinalizers(resource, IN_USE_FINALIZER);
      bind(claim, resource);
    }
    return Optional.empty();
  }

  static boolean isBound(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
  }

  private KubernetesClient client() {
    return cluster.client();
  }

  private void bind(PersistentVolumeClaim claim, Resource<PersistentVolumeClaim> resource) {
    String asked = claim.getSpec().getVolumeName();
    String volume = asked == null ? "pvc-" + claim.getMetadata().getUid() : asked;
    PersistentVolume existing = client().persistentVolumes().withName(volume).get();
    if (asked != null) {
      if (existing == null || !isFreeFor(existing, claim)) {
        return;
      }
      reclaim(existing, claim);
    } else if (!provision(claim, volume)) {
      return; // the snapshot's next event brings us back
    } else if (existing == null) {
      client().resource(volumeFor(claim, volume)).create();
    }
    Cluster.patchStatus(client().persistentVolumes().withName(volume), Map.of("phase", "Bound"));
    Cluster.patch(resource, Map.of("spec", Map.of("volumeName", volume)));
    Cluster.patchStatus(
        resource,
        Map.of(
            "phase", "Bound",
            "accessModes", claim.getSpec().getAccessModes(),
            "capacity", claim.getSpec().getResources().getRequests()));
  }

  private static boolean isFreeFor(PersistentVolume volume, PersistentVolumeClaim claim) {
    var reference = volume.getSpec().getClaimRef();
    return reference == null
        || (Objects.equals(reference.getName(), claim.getMetadata().getName())
            && Objects.equals(reference.getNamespace(), claim.getMetadata().getNamespace())
            && (reference.getUid() == null
                || reference.getUid().equals(claim.getMetadata().getUid())));
  }

  private void reclaim(PersistentVolume volume, PersistentVolumeClaim claim) {
    Map<String, String> reference =
        Map.of(
            "apiVersion", "v1",
            "kind", "PersistentVolumeClaim",
            "namespace", claim.getMetadata().getNamespace(),
            "name", claim.getMetadata().getName(),
            "uid", claim.getMetadata().getUid());
    Cluster.patch(
        client().persistentVolumes().withName(volume.getMetadata().getName()),
        Map.of("spec", Map.of("claimRef", reference)));
  }

  /// True when the folder is there; false while its snapshot is not ready.
  private boolean provision(PersistentVolumeClaim claim, String volume) {
    Optional<String> source = snapshotSource(claim);
    if (source.isEmpty()) {
      volumes.create(volume);
      return true;
    }
    ObjectKey key = new ObjectKey(claim.getMetadata().getNamespace(), source.get());
    Optional<String> handle =
        cluster
            .find(SNAPSHOT, key)
            .filter(snapshot -> Cluster.isTrue(snapshot, "status", "readyToUse"))
            .flatMap(
                s -> cluster.find(CONTENT, new ObjectKey("", SnapshotController.contentName(s))))
            .flatMap(content -> Cluster.text(content, "status", "snapshotHandle"));
    handle.ifPresent(found -> volumes.createFrom(volume, found));
    return handle.isPresent();
  }

  private static Optional<String> snapshotSource(PersistentVolumeClaim claim) {
    TypedLocalObjectReference source = claim.getSpec().getDataSource();
    if (source != null && source.getKind().equals("VolumeSnapshot")) {
      return Optional.of(source.getName());
    }
    var reference = claim.getSpec().getDataSourceRef();
    return reference != null && reference.getKind().equals("VolumeSnapshot")
        ? Optional.of(reference.getName())
        : Optional.empty();
  }

  private static PersistentVolume volumeFor(PersistentVolumeClaim claim, String name) {
    String asked = claim.getSpec().getStorageClassName();
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName(name)
        .addToAnnotations("pv.kubernetes.io/provisioned-by", Volumes.DRIVER)
        .endMetadata()
        .withNewSpec()
        .withAccessModes(claim.getSpec().getAccessModes())
        .withCapacity(claim.getSpec().getResources().getRequests())
        .withPersistentVolumeReclaimPolicy("Delete")
        .withStorageClassName(asked == null ? STORAGE_CLASS : asked)
        .withVolumeMode("Filesystem")
        .withClaimRef(
            new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withNamespace(claim.getMetadata().getNamespace())
                .withName(claim.getMetadata().getName())
                .withUid(claim.getMetadata().getUid())
                .build())
        .withNewCsi()
        .withDriver(Volumes.DRIVER)
        .withVolumeHandle(name)
        .endCsi()
        .endSpec()
        .build();
  }

  private boolean isMounted(ObjectKey claim) {
    return client().pods().inNamespace(claim.namespace()).list().getItems().stream()
        .anyMatch(pod -> claims(pod).anyMatch(claim.name()::equals));
  }

  static java.util.stream.Stream<String> claims(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getPersistentVolumeClaim() != null)
        .map(volume -> volume.getPersistentVolumeClaim().getClaimName());
  }

  private void releaseVolumesOf(ObjectKey claim) {
    for (PersistentVolume volume : client().persistentVolumes().list().getItems()) {
      var reference = volume.getSpec().getClaimRef();
      if (reference == null
          || !Objects.equals(reference.getName(), claim.name())
          || !Objects.equals(reference.getNamespace(), claim.namespace())) {
        continue;
      }
      String name = volume.getMetadata().getName();
      if ("Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())) {
        client().persistentVolumes().withName(name).delete();
        volumes.delete(name);
      } else {
        Cluster.patchStatus(
            client().persistentVolumes().withName(name), Map.of("phase", "Released"));
      }
    }
  }
}
