package dev.snapshotjobs.restore;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A file's volume together with its mount.
record MountedFile(Volume volume, VolumeMount mount) {

  /// The mount in which a file lies; empty if it lies in none.
  static Optional<VolumeMount> mountOf(String file, List<VolumeMount> mounts) {
    return mounts.stream()
        .filter(mount -> isIn(file, mount.getMountPath()))
        .max(Comparator.comparingInt(mount -> mount.getMountPath().length()));
  }

  /// The same with its volume; empty also where that is none of these.
  static Optional<MountedFile> find(String file, List<VolumeMount> mounts, List<Volume> volumes) {
    return mountOf(file, mounts)
        .flatMap(
            mount ->
                volumes.stream()
                    .filter(volume -> volume.getName().equals(mount.getName()))
                    .findFirst()
                    .map(volume -> new MountedFile(volume, mount)));
  }

  static boolean isIn(String file, String path) {
    return file.equals(path) || file.startsWith(path.replaceFirst("/+$", "") + "/");
  }

  /// Whether every pod of the namespace gets the same file that mounts the volume.
  boolean isForAnyPod() {
    return volume.getSecret() != null
        || volume.getConfigMap() != null
        || volume.getProjected() != null;
  }

  /// Where the file comes from, for people.
  String origin() {
    if (volume.getCsi() != null) {
      return "a volume of the CSI driver " + volume.getCsi().getDriver();
    }
    if (volume.getEmptyDir() != null) {
      return "an emptyDir, which something in its own pods fills";
    }
    if (volume.getPersistentVolumeClaim() != null) {
      return "the claim " + volume.getPersistentVolumeClaim().getClaimName();
    }
    return volume.getHostPath() != null ? "the disk of its node" : "the volume " + volume.getName();
  }
}
