package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The folders that stand for the volumes of Pods.
record PodVolumes(KubernetesClient client, Volumes volumes) {

  /// A folder for each volume; nothing while a claim is not bound.
  ///
  /// @param own where the Pod's own volumes are
  Optional<Map<String, Path>> open(Pod pod, Path own) {
    Map<String, Path> folders = new HashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      if (volume.getPersistentVolumeClaim() != null) {
        Optional<Path> bound = bound(pod, volume.getPersistentVolumeClaim().getClaimName());
        if (bound.isEmpty()) {
          return Optional.empty();
        }
        folders.put(volume.getName(), bound.get());
      } else if (volume.getEmptyDir() != null) {
        folders.put(volume.getName(), create(own.resolve(volume.getName())));
      }
    }
    return Optional.of(folders);
  }

  private Optional<Path> bound(Pod pod, String name) {
    PersistentVolumeClaim claim =
        client
            .persistentVolumeClaims()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(name)
            .get();
    return Optional.ofNullable(claim)
        .filter(VolumeProvisioner::isBound)
        .map(found -> volumes.folder(Objects.requireNonNull(found.getSpec().getVolumeName())));
  }

  private static Path create(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new SandboxException("Cannot create " + folder, e);
    }
  }
}
