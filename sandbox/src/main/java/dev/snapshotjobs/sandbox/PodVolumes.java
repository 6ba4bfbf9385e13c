package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The folders that stand for the volumes of Pods: claims, emptyDirs, ConfigMaps and Secrets.
record PodVolumes(KubernetesClient client, Volumes volumes) {

  /// A folder for each volume; nothing while a claim is not bound.
  ///
  /// @param own where those are that go with the Pod
  Optional<Map<String, Path>> open(Pod pod, Path own) {
    Map<String, Path> folders = new HashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      String name = volume.getName();
      if (volume.getPersistentVolumeClaim() != null) {
        Optional<Path> bound = bound(pod, volume.getPersistentVolumeClaim().getClaimName());
        if (bound.isEmpty()) {
          return Optional.empty();
        }
        folders.put(name, bound.get());
      } else if (volume.getEmptyDir() != null) {
        folders.put(name, create(own.resolve(name), Map.of()));
      } else {
        files(pod, volume).ifPresent(files -> folders.put(name, create(own.resolve(name), files)));
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
        .map(found -> volumes.folder(found.getSpec().getVolumeName()));
  }

  /// Empty for kinds of volumes that the sandbox does not have.
  private Optional<Map<String, String>> files(Pod pod, Volume volume) {
    NamespaceData data = new NamespaceData(client, pod.getMetadata().getNamespace());
    if (volume.getSecret() != null) {
      var source = volume.getSecret();
      return Optional.of(
          chosen(data.secret(source.getSecretName(), source.getOptional()), source.getItems()));
    }
    if (volume.getConfigMap() != null) {
      var source = volume.getConfigMap();
      return Optional.of(
          chosen(data.configMap(source.getName(), source.getOptional()), source.getItems()));
    }
    return Optional.empty();
  }

  private static Map<String, String> chosen(Map<String, String> data, List<KeyToPath> items) {
    if (items.isEmpty()) {
      return data;
    }
    Map<String, String> files = new HashMap<>();
    for (KeyToPath item : items) {
      files.put(item.getPath(), Objects.requireNonNullElse(data.get(item.getKey()), ""));
    }
    return files;
  }

  /// Only once: a process may be reading.
  private static Path create(Path folder, Map<String, String> files) {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return folder;
    } catch (IOException e) {
      throw new SandboxException("Cannot create " + folder, e);
    }
  }
}
