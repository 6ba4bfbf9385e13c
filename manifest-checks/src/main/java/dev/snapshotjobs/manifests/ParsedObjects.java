package dev.snapshotjobs.manifests;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Objects as YAML has them, parsed so strictly that a field which the API does not know is an
/// error: the API server would drop it without a word unless asked to be strict.
record ParsedObjects(List<Parsed> all) {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(new WithoutAnySetters())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final Map<String, Class<?>> MODELS =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry(
              "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy",
              ValidatingAdmissionPolicy.class),
          Map.entry(
              "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding",
              ValidatingAdmissionPolicyBinding.class),
          Map.entry("batch/v1/CronJob", CronJob.class),
          Map.entry("batch/v1/Job", Job.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("rbac.authorization.k8s.io/v1/ClusterRole", ClusterRole.class),
          Map.entry("rbac.authorization.k8s.io/v1/ClusterRoleBinding", ClusterRoleBinding.class),
          Map.entry("rbac.authorization.k8s.io/v1/Role", Role.class),
          Map.entry("rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class),
          Map.entry("monitoring.coreos.com/v1/PrometheusRule", CustomObjects.PrometheusRule.class),
          Map.entry(
              "snapshot.storage.k8s.io/v1/VolumeSnapshot", CustomObjects.VolumeSnapshot.class),
          Map.entry(
              "snapshot.storage.k8s.io/v1/VolumeSnapshotClass",
              CustomObjects.VolumeSnapshotClass.class));

  ParsedObjects {
    all = List.copyOf(all);
  }

  /// One object, with what names it.
  record Parsed(String type, ObjectMeta metadata, Object object) {
    String id() {
      return "%s %s/%s"
          .formatted(
              type, Objects.requireNonNullElse(metadata.getNamespace(), ""), metadata.getName());
    }
  }

  /// fabric8's models keep what they do not know; here it has to fail.
  private static final class WithoutAnySetters extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
      return false;
    }
  }

  static ParsedObjects ofFile(Path file) {
    try {
      return of(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ParsedObjects of(String yaml) {
    List<Parsed> parsed = new ArrayList<>();
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      while (documents.hasNext()) {
        parsed.add(parse(documents.next()));
      }
    }
    return new ParsedObjects(parsed);
  }

  private static Parsed parse(JsonNode document) {
    String type = document.path("apiVersion").asString() + "/" + document.path("kind").asString();
    Class<?> model = MODELS.get(type);
    if (model == null) {
      throw new AssertionError("no model of " + type + ": add it to ParsedObjects");
    }
    return new Parsed(
        type,
        STRICT.treeToValue(document.path("metadata"), ObjectMeta.class),
        STRICT.treeToValue(document, model));
  }

  <T> Stream<T> of(Class<T> model) {
    return all.stream().map(Parsed::object).filter(model::isInstance).map(model::cast);
  }
}
