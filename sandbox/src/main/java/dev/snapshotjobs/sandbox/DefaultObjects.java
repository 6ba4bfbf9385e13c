package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/// What a new sandbox has in it: a StorageClass and three VolumeSnapshotClasses.
final class DefaultObjects {

  private DefaultObjects() {}

  static void create(KubernetesClient client) {
    client
        .resource(
            new StorageClassBuilder()
                .withNewMetadata()
                .withName(VolumeProvisioner.STORAGE_CLASS)
                .addToAnnotations("storageclass.kubernetes.io/is-default-class", "true")
                .endMetadata()
                .withProvisioner(Volumes.DRIVER)
                .withReclaimPolicy("Delete")
                .withVolumeBindingMode("Immediate")
                .build())
        .create();
    client.resource(snapshotClass("sandbox", Map.of())).create();
    client.resource(snapshotClass("sandbox-slow", Map.of("readyDelaySeconds", "5"))).create();
    client.resource(snapshotClass("sandbox-failing", Map.of("failSnapshot", "true"))).create();
  }

  static GenericKubernetesResource snapshotClass(String name, Map<String, String> parameters) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(SnapshotApi.API_VERSION)
        .withKind("VolumeSnapshotClass")
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .addToAdditionalProperties("driver", Volumes.DRIVER)
        .addToAdditionalProperties("deletionPolicy", "Delete")
        .addToAdditionalProperties("parameters", parameters)
        .build();
  }

  static PersistentVolumeClaim claimFromSnapshot(String namespace, String name, String snapshot) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(VolumeProvisioner.STORAGE_CLASS)
        .withAccessModes("ReadWriteOnce")
        .withNewDataSource(SnapshotApi.GROUP, "VolumeSnapshot", snapshot)
        .withNewResources()
        .addToRequests("storage", new Quantity("1Gi"))
        .endResources()
        .endSpec()
        .build();
  }
}
