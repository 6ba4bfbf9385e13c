package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps the Pods and claims of StatefulSets as many as they shall be; no rolling updates.
///
/// A Pod is created once its claims are bound, because its data volume is mounted at the folder on
/// disk instead of the path in the template: so `@@datadir` lies below the Pod's mount path, as in
/// a real container.
final class StatefulSetController implements ReconcileLoop.Reconciler {

  private static final Pattern ORDINAL = Pattern.compile("-(\\d+)$");

  private final Cluster cluster;
  private final Volumes volumes;

  StatefulSetController(Cluster cluster, Volumes volumes) {
    this.cluster = cluster;
    this.volumes = volumes;
  }

  private KubernetesClient client() {
    return cluster.client();
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    StatefulSet set =
        client().apps().statefulSets().inNamespace(key.namespace()).withName(key.name()).get();
    boolean exists = set != null && !set.isMarkedForDeletion();
    int replicas = exists ? Objects.requireNonNullElse(set.getSpec().getReplicas(), 1) : 0;
    List<Pod> pods =
        client().pods().inNamespace(key.namespace()).list().getItems().stream()
            .filter(pod -> owner(pod).equals(Optional.of(key.name())))
            .toList();
    for (Pod pod : pods) {
      if (ordinal(pod.getMetadata()) >= replicas && !pod.isMarkedForDeletion()) {
        client().resource(pod).delete();
      }
    }
    if (exists) {
      for (int ordinal = 0; ordinal < replicas; ordinal++) {
        ensure(set, ordinal, pods);
      }
      deleteClaimsOfScaledDown(set, replicas, pods);
      showStatus(set, pods);
    }
    return Optional.empty();
  }

  static Optional<String> owner(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .filter(reference -> reference.getKind().equals("StatefulSet"))
        .map(reference -> reference.getName())
        .findFirst();
  }

  private static int ordinal(ObjectMeta pod) {
    Matcher matcher = ORDINAL.matcher(pod.getName());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
  }

  private void ensure(StatefulSet set, int ordinal, List<Pod> pods) {
    String name = set.getMetadata().getName() + "-" + ordinal;
    Map<String, PersistentVolumeClaim> claims = new HashMap<>();
    for (PersistentVolumeClaim template : set.getSpec().getVolumeClaimTemplates()) {
      claims.put(template.getMetadata().getName(), claim(set, template, name));
    }
    boolean absent = pods.stream().noneMatch(pod -> pod.getMetadata().getName().equals(name));
    if (absent && claims.values().stream().allMatch(VolumeProvisioner::isBound)) {
      client().resource(new PodFromTemplate(set, name, claims, volumes).build()).create();
    }
  }

  private PersistentVolumeClaim claim(StatefulSet set, PersistentVolumeClaim template, String pod) {
    String namespace = set.getMetadata().getNamespace();
    String name = template.getMetadata().getName() + "-" + pod;
    PersistentVolumeClaim found =
        client().persistentVolumeClaims().inNamespace(namespace).withName(name).get();
    if (found != null) {
      return found;
    }
    String storageClass = template.getSpec().getStorageClassName();
    return client()
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(set.getSpec().getSelector().getMatchLabels())
                .endMetadata()
                .withSpec(template.getSpec())
                .editSpec()
                .withStorageClassName(
                    storageClass == null ? VolumeProvisioner.STORAGE_CLASS : storageClass)
                .endSpec()
                .build())
        .create();
  }

  /// `persistentVolumeClaimRetentionPolicy.whenScaled: Delete`, the trap of an in-place restore.
  private void deleteClaimsOfScaledDown(StatefulSet set, int replicas, List<Pod> pods) {
    var policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
    if (policy == null || !"Delete".equals(policy.getWhenScaled())) {
      return;
    }
    for (PersistentVolumeClaim template : set.getSpec().getVolumeClaimTemplates()) {
      String prefix = template.getMetadata().getName() + "-" + set.getMetadata().getName() + "-";
      client()
          .persistentVolumeClaims()
          .inNamespace(set.getMetadata().getNamespace())
          .list()
          .getItems()
          .stream()
          .filter(claim -> claim.getMetadata().getName().startsWith(prefix))
          .filter(claim -> !claim.isMarkedForDeletion())
          .filter(claim -> ordinal(claim.getMetadata()) >= replicas)
          .filter(
              claim ->
                  pods.stream()
                      .flatMap(VolumeProvisioner::claims)
                      .noneMatch(claim.getMetadata().getName()::equals))
          .forEach(claim -> client().resource(claim).delete());
    }
  }

  private void showStatus(StatefulSet set, List<Pod> pods) {
    int ready = (int) pods.stream().filter(PodStatus::isReady).count();
    var now = set.getStatus();
    if (now != null
        && Objects.equals(now.getReplicas(), pods.size())
        && Objects.equals(now.getReadyReplicas(), ready)
        && Objects.equals(now.getObservedGeneration(), set.getMetadata().getGeneration())) {
      return;
    }
    Map<String, Object> status = new HashMap<>();
    status.put("replicas", pods.size());
    status.put("readyReplicas", ready);
    status.put("availableReplicas", ready);
    status.put("currentReplicas", pods.size());
    status.put("updatedReplicas", pods.size());
    status.put("observedGeneration", set.getMetadata().getGeneration());
    Cluster.patchStatus(client().resource(set), status);
  }
}
