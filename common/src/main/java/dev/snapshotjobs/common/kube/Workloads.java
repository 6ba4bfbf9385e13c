package dev.snapshotjobs.common.kube;

import static dev.snapshotjobs.common.kube.Cluster.request;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The pods, claims and Jobs of one namespace, as far as a job has to know them; read only.
public final class Workloads {
  private static final String SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

  private final KubernetesClient client;
  private final String namespace;

  Workloads(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /// When a Job was due: the slot of its CronJob if it has one, else the time of its creation. A
  /// second pod of the same Job gets the same answer.
  public record Slot(Instant at, Origin origin) {
    /// Where the time comes from.
    public enum Origin {
      /// The CronJob's schedule.
      SCHEDULE,
      /// The creation of a Job that somebody made by hand.
      JOB,
      /// No Job is known: another run has another slot, even in the same second.
      START_OF_RUN
    }

    public boolean scheduled() {
      return origin == Origin.SCHEDULE;
    }

    /// Whether what bears this slot can be the work of an earlier pod of the same Job.
    public boolean isShared() {
      return origin != Origin.START_OF_RUN;
    }
  }

  public Optional<Slot> slotOfJob(String jobName) {
    return request(
            "reading Job " + jobName,
            () ->
                Optional.ofNullable(
                    client.batch().v1().jobs().inNamespace(namespace).withName(jobName).get()))
        .map(
            job -> {
              Map<String, String> annotations =
                  Objects.requireNonNullElse(job.getMetadata().getAnnotations(), Map.of());
              String scheduledAt = annotations.get(SCHEDULED_AT);
              return scheduledAt == null
                  ? new Slot(
                      Instant.parse(job.getMetadata().getCreationTimestamp()), Slot.Origin.JOB)
                  : new Slot(Instant.parse(scheduledAt), Slot.Origin.SCHEDULE);
            });
  }

  public List<DatabasePod> pods() {
    return request(
            "listing the pods of namespace " + namespace,
            () -> client.pods().inNamespace(namespace).list())
        .getItems()
        .stream()
        .map(Workloads::databasePod)
        .toList();
  }

  public Optional<Volume> findVolume(String claimName) {
    return request(
            "reading PersistentVolumeClaim " + claimName,
            () ->
                Optional.ofNullable(
                    client
                        .persistentVolumeClaims()
                        .inNamespace(namespace)
                        .withName(claimName)
                        .get()))
        .map(this::withVolume);
  }

  private Volume withVolume(PersistentVolumeClaim claim) {
    @Nullable String volumeName = claim.getSpec().getVolumeName();
    @Nullable PersistentVolume volume =
        volumeName == null
            ? null
            : request(
                "reading PersistentVolume " + volumeName,
                () -> client.persistentVolumes().withName(volumeName).get());
    boolean resizing =
        claim.getStatus() != null
            && claim.getStatus().getConditions() != null
            && claim.getStatus().getConditions().stream()
                .anyMatch(
                    condition ->
                        condition.getStatus().equals("True")
                            && condition.getType().matches("Resizing|FileSystemResizePending"));
    return new Volume(
        claim.getMetadata().getName(),
        claim.getStatus() == null ? "Pending" : String.valueOf(claim.getStatus().getPhase()),
        claim.getMetadata().getDeletionTimestamp() != null,
        resizing,
        volumeName,
        volume == null || volume.getSpec().getCsi() == null
            ? null
            : volume.getSpec().getCsi().getDriver(),
        provision(claim, volume));
  }

  private static Volume.Provision provision(
      PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {
    @Nullable Quantity capacity =
        claim.getStatus() == null || claim.getStatus().getCapacity() == null
            ? null
            : claim.getStatus().getCapacity().get("storage");
    return new Volume.Provision(
        Objects.requireNonNullElse(claim.getSpec().getStorageClassName(), ""),
        capacity == null ? 0 : Quantity.getAmountInBytes(capacity).longValue(),
        volume == null || volume.getSpec().getNodeAffinity() == null
            ? ""
            : SnapshotObjects.json(volume.getSpec().getNodeAffinity()));
  }

  /// What a server needs that shall run on a copy of the data: files keep their owners, and a
  /// volume can be used where its snapshot was made.
  private static String placement(PodSpec pod, Container container, Map<String, String> claims) {
    Map<String, Object> parts = new TreeMap<>();
    putIfPresent(
        parts,
        "mounts",
        container.getVolumeMounts().stream()
            .filter(mount -> claims.containsKey(mount.getName()))
            .map(
                mount ->
                    new TreeMap<>(
                        Map.of(
                            "claim",
                            String.valueOf(claims.get(mount.getName())),
                            "mountPath",
                            mount.getMountPath(),
                            "subPath",
                            Objects.requireNonNullElse(mount.getSubPath(), ""))))
            .toList());
    putIfPresent(parts, "securityContext", pod.getSecurityContext());
    putIfPresent(parts, "containerSecurityContext", container.getSecurityContext());
    timeZone(container).ifPresent(zone -> parts.put("timeZone", zone));
    putIfPresent(parts, "nodeSelector", pod.getNodeSelector());
    putIfPresent(parts, "affinity", pod.getAffinity());
    putIfPresent(parts, "tolerations", pod.getTolerations());
    return SnapshotObjects.json(parts);
  }

  /// Statements that were logged as such are evaluated again in it.
  private static Optional<String> timeZone(Container container) {
    return container.getEnv().stream()
        .filter(variable -> variable.getName().equals("TZ"))
        .map(EnvVar::getValue)
        .filter(value -> value != null && !value.isEmpty())
        .findFirst();
  }

  private static void putIfPresent(Map<String, Object> parts, String name, @Nullable Object part) {
    boolean empty =
        switch (part) {
          case null -> true;
          case Map<?, ?> map -> map.isEmpty();
          case Collection<?> collection -> collection.isEmpty();
          default -> false;
        };
    if (part != null && !empty) {
      parts.put(name, part);
    }
  }

  private static DatabasePod databasePod(Pod pod) {
    Map<String, String> claims = new HashMap<>();
    for (io.fabric8.kubernetes.api.model.Volume volume : pod.getSpec().getVolumes()) {
      if (volume.getPersistentVolumeClaim() != null) {
        claims.put(volume.getName(), volume.getPersistentVolumeClaim().getClaimName());
      }
    }
    Container container = databaseContainer(pod, claims);
    Optional<ContainerStatus> status =
        Optional.ofNullable(pod.getStatus()).stream()
            .flatMap(found -> found.getContainerStatuses().stream())
            .filter(found -> found.getName().equals(container.getName()))
            .findFirst();
    return new DatabasePod(
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        addresses(pod),
        isReady(pod),
        owningStatefulSet(pod),
        String.valueOf(container.getImage()),
        status.map(ContainerStatus::getImageID).orElse(""),
        container.getVolumeMounts().stream()
            .map(
                mount ->
                    new DatabasePod.Mount(
                        mount.getMountPath(), claims.get(mount.getName()), mount.getSubPath()))
            .toList(),
        placement(pod.getSpec(), container, claims));
  }

  /// Sidecars come and go by injection; the database is the container called so, else the first one
  /// that mounts a claim.
  private static Container databaseContainer(Pod pod, Map<String, String> claims) {
    List<Container> containers = pod.getSpec().getContainers();
    return containers.stream()
        .filter(container -> container.getName().equals("mariadb"))
        .findFirst()
        .or(
            () ->
                containers.stream()
                    .filter(
                        container ->
                            container.getVolumeMounts().stream()
                                .anyMatch(mount -> claims.containsKey(mount.getName())))
                    .findFirst())
        .orElse(containers.getFirst());
  }

  private static DatabasePod.@Nullable Owner owningStatefulSet(Pod pod) {
    List<OwnerReference> owners =
        Objects.requireNonNullElse(pod.getMetadata().getOwnerReferences(), List.of());
    return owners.stream()
        .filter(owner -> owner.getKind().equals("StatefulSet"))
        .map(owner -> new DatabasePod.Owner(owner.getName(), owner.getUid()))
        .findFirst()
        .orElse(null);
  }

  private static List<String> addresses(Pod pod) {
    PodStatus status = pod.getStatus();
    if (status == null || status.getPodIP() == null) {
      return List.of();
    }
    List<PodIP> all = Objects.requireNonNullElse(status.getPodIPs(), List.of());
    return Stream.concat(Stream.of(status.getPodIP()), all.stream().map(PodIP::getIp))
        .distinct()
        .toList();
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }
}
