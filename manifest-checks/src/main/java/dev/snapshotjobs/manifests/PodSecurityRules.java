package dev.snapshotjobs.manifests;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The Pod Security Standard "restricted", and a root file system that is read-only besides.
final class PodSecurityRules {
  private PodSecurityRules() {}

  static List<String> findings(PodSpec pod) {
    List<String> findings = new ArrayList<>();
    if (anyTrue(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC())) {
      findings.add("shares a namespace of the host");
    }
    PodSecurityContext security =
        Objects.requireNonNullElseGet(pod.getSecurityContext(), PodSecurityContext::new);
    if (!anyTrue(security.getRunAsNonRoot())) {
      findings.add("runAsNonRoot is not true");
    }
    if (isRoot(security.getRunAsUser())) {
      findings.add("runs as root");
    }
    if (security.getSeccompProfile() == null
        || !security.getSeccompProfile().getType().equals("RuntimeDefault")) {
      findings.add("seccompProfile is not RuntimeDefault");
    }
    pod.getVolumes().stream()
        .filter(volume -> !isAllowed(volume))
        .forEach(volume -> findings.add("volume " + volume.getName() + " is of no allowed type"));
    List<Container> containers = new ArrayList<>(pod.getContainers());
    containers.addAll(pod.getInitContainers());
    containers.forEach(container -> ofContainer(container, findings));
    return findings;
  }

  private static void ofContainer(Container container, List<String> findings) {
    SecurityContext security =
        Objects.requireNonNullElseGet(container.getSecurityContext(), SecurityContext::new);
    String who = container.getName() + ": ";
    if (!Boolean.FALSE.equals(security.getAllowPrivilegeEscalation())) {
      findings.add(who + "allowPrivilegeEscalation is not false");
    }
    if (anyTrue(security.getPrivileged()) || isRoot(security.getRunAsUser())) {
      findings.add(who + "is privileged or root");
    }
    if (Boolean.FALSE.equals(security.getRunAsNonRoot())) {
      findings.add(who + "takes runAsNonRoot back");
    }
    if (security.getSeccompProfile() != null) {
      findings.add(who + "has a seccompProfile of its own");
    }
    Capabilities capabilities =
        Objects.requireNonNullElseGet(security.getCapabilities(), Capabilities::new);
    if (!capabilities.getDrop().equals(List.of("ALL")) || !capabilities.getAdd().isEmpty()) {
      findings.add(who + "keeps capabilities");
    }
    if (!anyTrue(security.getReadOnlyRootFilesystem())) {
      findings.add(who + "can write to its root file system");
    }
    if (container.getPorts().stream().anyMatch(port -> port.getHostPort() != null)) {
      findings.add(who + "takes a port of the host");
    }
  }

  private static boolean isAllowed(Volume volume) {
    return volume.getSecret() != null
        || volume.getEmptyDir() != null
        || volume.getConfigMap() != null
        || volume.getProjected() != null
        || volume.getDownwardAPI() != null
        || volume.getPersistentVolumeClaim() != null;
  }

  private static boolean anyTrue(@Nullable Boolean... values) {
    for (Boolean value : values) {
      if (Boolean.TRUE.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRoot(@Nullable Long user) {
    return user != null && user == 0;
  }
}
