package dev.snapshotjobs.restore;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The pod that this run is in, as far as the pods that it starts are to be like it: the image, and
/// all by which the bucket is reached.
///
/// @param container the one of this run, without what is of the Kubernetes API
/// @param volumes those that it mounts
/// @param serviceAccount null if none is named
/// @param controller the uid of the Job that started it; null if none did
record OwnPod(
    Container container,
    List<Volume> volumes,
    List<LocalObjectReference> pullSecrets,
    @Nullable String serviceAccount,
    @Nullable String controller) {
  private static final String CONTAINER = "restore-job";
  private static final String TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount";

  /// Of this pod or this run alone. Of a restore each step has a deadline of its own.
  private static final Set<String> OWN_VARIABLES =
      Set.of("DEADLINE", "DRY_RUN", "INSTANCE", "KUBECONFIG", "NAMESPACE", "RESTORE_POD");

  static OwnPod of(Pod pod) {
    List<Container> containers = pod.getSpec().getContainers();
    Container container =
        containers.stream()
            .filter(one -> one.getName().equals(CONTAINER))
            .findFirst()
            .orElse(containers.getFirst()); // what a mesh injects comes behind
    List<VolumeMount> mounts =
        container.getVolumeMounts().stream()
            .filter(mount -> !mount.getMountPath().startsWith(TOKEN))
            .toList();
    Container own =
        container.toBuilder()
            .withVolumeMounts(mounts)
            .withEnv(
                container.getEnv().stream()
                    .filter(variable -> !OWN_VARIABLES.contains(variable.getName()))
                    .toList())
            .build();
    List<Volume> volumes =
        pod.getSpec().getVolumes().stream()
            .filter(
                volume ->
                    mounts.stream().anyMatch(mount -> mount.getName().equals(volume.getName())))
            .toList();
    return new OwnPod(
        own,
        volumes,
        Objects.requireNonNullElse(pod.getSpec().getImagePullSecrets(), List.of()),
        pod.getSpec().getServiceAccountName(),
        pod.getMetadata().getOwnerReferences().stream()
            .filter(owner -> Boolean.TRUE.equals(owner.getController()))
            .map(OwnerReference::getUid)
            .findFirst()
            .orElse(null));
  }

  /// The name of a volume that a restore has one of, too.
  Optional<String> clash(Set<String> names) {
    return volumes.stream().map(Volume::getName).filter(names::contains).findFirst();
  }

  boolean mounts(String path) {
    return container.getVolumeMounts().stream()
        .anyMatch(mount -> mount.getMountPath().equals(path));
  }

  /// What mounts a file that others are to have, too; empty if nothing does.
  Optional<MountedFile> mountOf(String file) {
    return MountedFile.find(file, container.getVolumeMounts(), volumes)
        .filter(found -> found.volume().getEmptyDir() == null); // which is another one in each pod
  }
}
