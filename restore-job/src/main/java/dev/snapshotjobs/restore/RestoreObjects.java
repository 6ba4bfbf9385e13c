package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The objects of one namespace that a restore reads and makes, as the API serves them. Nothing is
/// deleted or changed but by its uid: what was made again under a name is another object.
final class RestoreObjects {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
  private static final String JOB_NAME = "batch.kubernetes.io/job-name";

  private final Cluster cluster;
  private final String namespace;

  RestoreObjects(Cluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  String namespace() {
    return namespace;
  }

  Optional<Pod> pod(String name) {
    return found(
        "Pod " + name, client -> client.pods().inNamespace(namespace).withName(name).get());
  }

  Optional<StorageClass> storageClass(String name) {
    return found(
        "StorageClass " + name,
        client -> client.storage().v1().storageClasses().withName(name).get());
  }

  Optional<PersistentVolumeClaim> claim(String name) {
    return found(
        "PersistentVolumeClaim " + name,
        client -> client.persistentVolumeClaims().inNamespace(namespace).withName(name).get());
  }

  /// Those of all restores of an instance.
  List<PersistentVolumeClaim> claims(String instance) {
    return cluster.ask(
        "listing the PersistentVolumeClaims",
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withLabel(SnapshotKeys.INSTANCE, instance)
                .withLabel(RestoreKeys.RESTORE)
                .list()
                .getItems());
  }

  Optional<Job> job(String name) {
    return found(
        "Job " + name,
        client -> client.batch().v1().jobs().inNamespace(namespace).withName(name).get());
  }

  Optional<StatefulSet> statefulSet(String name) {
    return found(
        "StatefulSet " + name,
        client -> client.apps().statefulSets().inNamespace(namespace).withName(name).get());
  }

  Optional<Service> service(String name) {
    return found(
        "Service " + name, client -> client.services().inNamespace(namespace).withName(name).get());
  }

  List<StatefulSet> statefulSets() {
    return cluster.ask(
        "listing the StatefulSets",
        client -> client.apps().statefulSets().inNamespace(namespace).list().getItems());
  }

  List<Service> services() {
    return cluster.ask(
        "listing the Services",
        client -> client.services().inNamespace(namespace).list().getItems());
  }

  /// Those of exactly this Job, not of an earlier one of its name.
  List<Pod> podsOf(Job job) {
    String name = job.getMetadata().getName();
    return cluster
        .ask(
            "listing the pods of Job " + name,
            client ->
                client.pods().inNamespace(namespace).withLabel(JOB_NAME, name).list().getItems())
        .stream()
        .filter(
            pod ->
                pod.getMetadata().getOwnerReferences().stream()
                    .map(OwnerReference::getUid)
                    .anyMatch(job.getMetadata().getUid()::equals))
        .toList();
  }

  PersistentVolumeClaim create(PersistentVolumeClaim claim) {
    return created(claim, () -> claim(claim.getMetadata().getName()));
  }

  Job create(Job job) {
    return created(job, () -> job(job.getMetadata().getName()));
  }

  StatefulSet create(StatefulSet set) {
    return created(set, () -> statefulSet(set.getMetadata().getName()));
  }

  Service create(Service service) {
    return created(service, () -> service(service.getMetadata().getName()));
  }

  /// A request whose answer was lost has made the object all the same. Whether it is the one that
  /// was meant is for the caller to see.
  private <T extends HasMetadata> T created(T object, Supplier<Optional<T>> find) {
    String what = object.getKind() + " " + object.getMetadata().getName();
    try {
      return cluster.ask("creating " + what, client -> client.resource(object).create());
    } catch (KubernetesFailure failure) {
      if (!failure.isConflict()) {
        throw failure;
      }
      return find.get().orElseThrow(() -> failure);
    }
  }

  /// Changes labels and annotations of exactly this claim.
  PersistentVolumeClaim mark(
      PersistentVolumeClaim claim, Map<String, String> labels, Map<String, String> annotations) {
    Map<String, Object> metadata = new HashMap<>();
    metadata.put("uid", claim.getMetadata().getUid());
    metadata.put("labels", labels);
    metadata.put("annotations", annotations);
    String patch = SERIALIZATION.asJson(Map.of("metadata", metadata));
    String name = claim.getMetadata().getName();
    return cluster.ask(
        "marking PersistentVolumeClaim " + name,
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
  }

  /// Its pods go with it.
  void delete(Job job) {
    delete(job, "/apis/batch/v1", "jobs");
  }

  void delete(PersistentVolumeClaim claim) {
    delete(claim, "/api/v1", "persistentvolumeclaims");
  }

  /// Asks the API to delete exactly this object; it may take its time. One that is gone, or is
  /// another one by now, is as good as deleted.
  private void delete(HasMetadata object, String api, String plural) {
    String name = object.getMetadata().getName();
    String path = "%s/namespaces/%s/%s/%s".formatted(api, namespace, plural, name);
    var options =
        new DeleteOptionsBuilder()
            .withPropagationPolicy("Background")
            .withNewPreconditions()
            .withUid(object.getMetadata().getUid())
            .endPreconditions()
            .build();
    try {
      cluster.ask(
          "deleting " + object.getKind() + " " + name,
          client -> Optional.ofNullable(client.raw(path, "DELETE", options)));
    } catch (KubernetesFailure failure) {
      if (!failure.isConflict() && failure.status() != 404) {
        throw failure;
      }
    }
  }

  /// What was last told of objects, the newest last.
  List<String> eventsAbout(List<? extends HasMetadata> objects) {
    List<String> uids = objects.stream().map(object -> object.getMetadata().getUid()).toList();
    return cluster
        .ask(
            "listing the Events",
            client -> client.v1().events().inNamespace(namespace).list().getItems())
        .stream()
        .filter(event -> uids.contains(event.getInvolvedObject().getUid()))
        .sorted(Comparator.comparing(RestoreObjects::time))
        .map(
            event ->
                "%s %s: %s"
                    .formatted(
                        event.getInvolvedObject().getKind(),
                        event.getReason(),
                        String.valueOf(event.getMessage()).strip()))
        .distinct()
        .toList();
  }

  private static String time(Event event) {
    return Objects.requireNonNullElse(event.getLastTimestamp(), "");
  }

  private <T> Optional<T> found(String what, Function<KubernetesClient, T> get) {
    return cluster.ask("reading " + what, client -> Optional.ofNullable(get.apply(client)));
  }
}
