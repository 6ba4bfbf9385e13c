package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One Pod of a StatefulSet, with the mount paths of its claims replaced by folders on disk.
record PodFromTemplate(
    StatefulSet set, String name, Map<String, PersistentVolumeClaim> claims, Volumes volumes) {

  Pod build() {
    PodTemplateSpec template = set.getSpec().getTemplate();
    Map<String, String> labels =
        new HashMap<>(
            Objects.requireNonNullElse(
                template.getMetadata().getLabels(), Map.<String, String>of()));
    labels.put("statefulset.kubernetes.io/pod-name", name);
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(set.getMetadata().getNamespace())
            .withName(name)
            .withLabels(labels)
            .withAnnotations(template.getMetadata().getAnnotations())
            .addNewOwnerReference()
            .withApiVersion("apps/v1")
            .withKind("StatefulSet")
            .withName(set.getMetadata().getName())
            .withUid(set.getMetadata().getUid())
            .withController(true)
            .withBlockOwnerDeletion(true)
            .endOwnerReference()
            .endMetadata()
            .withSpec(template.getSpec())
            .editSpec()
            .withNodeName("sandbox")
            .withHostname(name)
            .withSubdomain(set.getSpec().getServiceName())
            .endSpec();
    claims.forEach(
        (volume, claim) ->
            pod.editSpec()
                .addToVolumes(
                    new VolumeBuilder()
                        .withName(volume)
                        .withNewPersistentVolumeClaim()
                        .withClaimName(claim.getMetadata().getName())
                        .endPersistentVolumeClaim()
                        .build())
                .endSpec());
    Pod built = pod.build();
    built.getSpec().getContainers().forEach(this::mapPaths);
    return built;
  }

  private void mapPaths(Container container) {
    for (VolumeMount mount : container.getVolumeMounts()) {
      PersistentVolumeClaim claim = claims.get(mount.getName());
      if (claim != null) {
        Path root = volumes.folder(claim.getSpec().getVolumeName());
        String subPath = mount.getSubPath() == null ? "" : mount.getSubPath();
        String folder = root.resolve(subPath).toString();
        container.setArgs(mapArgs(container.getArgs(), mount.getMountPath(), folder));
        mount.setMountPath(folder);
      }
    }
  }

  private static List<String> mapArgs(List<String> args, String from, String to) {
    String prefix = from.endsWith("/") ? from.substring(0, from.length() - 1) : from;
    return args.stream()
        .map(arg -> arg.endsWith("=" + prefix) ? arg.replace("=" + prefix, "=" + to) : arg)
        .map(arg -> arg.replace("=" + prefix + "/", "=" + to + "/"))
        .toList();
  }
}
