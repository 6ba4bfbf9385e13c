package dev.snapshotjobs.manifests;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The kinds that are not Kubernetes' own, with the fields that ours use and no others.
final class CustomObjects {
  private CustomObjects() {}

  record VolumeSnapshotClass(
      String apiVersion,
      String kind,
      ObjectMeta metadata,
      String driver,
      String deletionPolicy,
      @Nullable Map<String, String> parameters) {}

  record VolumeSnapshot(String apiVersion, String kind, ObjectMeta metadata, Wanted spec) {
    record Wanted(String volumeSnapshotClassName, Source source) {}

    record Source(String persistentVolumeClaimName) {}
  }

  record PrometheusRule(String apiVersion, String kind, ObjectMeta metadata, Rules spec) {
    record Rules(List<Group> groups) {}

    record Group(String name, List<Rule> rules) {}

    record Rule(
        String alert,
        String expr,
        @JsonProperty("for") @Nullable String waits,
        Map<String, String> labels,
        Map<String, String> annotations) {}
  }
}
