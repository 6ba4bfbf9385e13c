package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How the database's pod ran when the snapshot was cut, as the snapshot recorded it: where its
/// claim was mounted, by which user its files are read, and what decided on its node.
///
/// @param mounts of the claim that was cut; at least one
/// @param affinity null if it had none
/// @param timeZone what its server took for the machine's; empty if it was the machine's own
record SourcePod(
    List<Mount> mounts,
    PodSecurityContext podSecurity,
    SecurityContext containerSecurity,
    Map<String, String> nodeSelector,
    @Nullable Affinity affinity,
    List<Toleration> tolerations,
    String timeZone) {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  /// Where the claim was mounted.
  ///
  /// @param subPath empty if all of it was
  record Mount(String path, String subPath) {}

  SourcePod {
    mounts = mounts.isEmpty() ? List.of(new Mount("/var/lib/mysql", "")) : List.copyOf(mounts);
    nodeSelector = Map.copyOf(nodeSelector);
    tolerations = List.copyOf(tolerations);
  }

  static SourcePod of(CatalogueEntry entry) {
    String recorded = entry.annotations().getOrDefault(SnapshotKeys.SOURCE_POD, "{}");
    try {
      JsonNode pod = JsonMapper.shared().readTree(recorded);
      List<Mount> mounts = new ArrayList<>();
      for (JsonNode mount : pod.path("mounts")) {
        if (mount.path("claim").asString("").equals(entry.claim().name())) {
          mounts.add(
              new Mount(mount.path("mountPath").asString(""), mount.path("subPath").asString("")));
        }
      }
      Map<String, String> nodeSelector = new LinkedHashMap<>();
      pod.path("nodeSelector")
          .properties()
          .forEach(label -> nodeSelector.put(label.getKey(), label.getValue().asString("")));
      List<Toleration> tolerations = new ArrayList<>();
      pod.path("tolerations").forEach(one -> tolerations.add(read(one, Toleration.class)));
      return new SourcePod(
          mounts,
          part(pod, "securityContext", PodSecurityContext.class).orElseGet(PodSecurityContext::new),
          part(pod, "containerSecurityContext", SecurityContext.class)
              .orElseGet(SecurityContext::new),
          nodeSelector,
          part(pod, "affinity", Affinity.class).orElse(null),
          tolerations,
          pod.path("timeZone").asString(""));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("annotation " + SnapshotKeys.SOURCE_POD, e);
    }
  }

  private static <T> Optional<T> part(JsonNode pod, String name, Class<T> type) {
    return pod.path(name).isMissingNode()
        ? Optional.empty()
        : Optional.of(read(pod.path(name), type));
  }

  private static <T> T read(JsonNode json, Class<T> type) {
    return SERIALIZATION.unmarshal(json.toString(), type);
  }
}
