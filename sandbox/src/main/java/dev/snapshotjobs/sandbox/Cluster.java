package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reading and patching objects, in the few ways that the controllers need.
record Cluster(KubernetesClient client) {

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  static ObjectKey keyOf(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    return new ObjectKey(namespace == null ? "" : namespace, object.getMetadata().getName());
  }

  Resource<GenericKubernetesResource> at(CustomResourceDefinitionContext kind, ObjectKey key) {
    var all = client.genericKubernetesResources(kind);
    return key.namespace().isEmpty()
        ? all.withName(key.name())
        : all.inNamespace(key.namespace()).withName(key.name());
  }

  Optional<GenericKubernetesResource> find(CustomResourceDefinitionContext kind, ObjectKey key) {
    return Optional.ofNullable(at(kind, key).get());
  }

  List<GenericKubernetesResource> list(CustomResourceDefinitionContext kind) {
    return client.genericKubernetesResources(kind).inAnyNamespace().list().getItems();
  }

  void create(GenericKubernetesResource object) {
    client.resource(object).create();
  }

  static <T extends HasMetadata> void patch(Resource<T> resource, Map<String, ?> change) {
    resource.patch(MERGE, Serialization.asJson(change));
  }

  static <T extends HasMetadata> void patchStatus(Resource<T> resource, Object status) {
    resource.subresource("status").patch(MERGE, Serialization.asJson(Map.of("status", status)));
  }

  /// A value of null removes the annotation.
  static <T extends HasMetadata> void annotate(
      Resource<T> resource, Map<String, @Nullable String> annotations) {
    patch(resource, Map.of("metadata", Map.of("annotations", annotations)));
  }

  static <T extends HasMetadata> void addFinalizers(Resource<T> resource, String... names) {
    changeFinalizers(resource, finalizers -> finalizers.addAll(List.of(names)));
  }

  static <T extends HasMetadata> void removeFinalizers(Resource<T> resource, String... names) {
    changeFinalizers(resource, finalizers -> finalizers.removeAll(List.of(names)));
  }

  /// With the resource version: several write this list, and who comes late gets a conflict.
  private static <T extends HasMetadata> void changeFinalizers(
      Resource<T> resource, Predicate<Set<String>> change) {
    T now = resource.get();
    if (now == null) {
      return;
    }
    Set<String> finalizers = new LinkedHashSet<>(now.getFinalizers());
    if (change.test(finalizers)) {
      patch(
          resource,
          Map.of(
              "metadata",
              Map.of(
                  "resourceVersion",
                  now.getMetadata().getResourceVersion(),
                  "finalizers",
                  finalizers)));
    }
  }

  static String annotation(HasMetadata object, String name) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(name, "");
  }

  /// A value below the top of a generic object, as text.
  static Optional<String> text(GenericKubernetesResource object, String... path) {
    return Optional.ofNullable(object.<@Nullable Object>get((Object[]) path)).map(Object::toString);
  }

  static boolean isTrue(GenericKubernetesResource object, String... path) {
    return text(object, path).equals(Optional.of("true"));
  }
}
