package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Runs a mariadbd for each Pod that mounts a claim, and stops it before the Pod is gone. One that
/// ends by itself is started again in the same Pod, on the same data and at the same address. Pods
/// of Jobs are [JobPods]' work.
final class Kubelet implements ReconcileLoop.Reconciler {

  private static final String FINALIZER = "sandbox.snapshotjobs.dev/kubelet";
  private static final Duration CRASH_BACK_OFF = Duration.ofSeconds(2);

  /// What a Pod asks for: a claim, where in it the data lies, and options.
  private record Mount(String claim, String subPath, Container container) {}

  private final Cluster cluster;
  private final Volumes volumes;
  private final MariaDbServer.Site site;
  private final JobPods jobPods;
  private final Map<ObjectKey, MariaDbServer> servers = new ConcurrentHashMap<>();
  private final Map<ObjectKey, Instant> notBefore = new ConcurrentHashMap<>();
  private volatile Consumer<ObjectKey> onEnd = pod -> {};

  /// @param site its run folder is the parent of one folder per server
  Kubelet(Cluster cluster, Volumes volumes, MariaDbServer.Site site, JobPods jobPods) {
    this.cluster = cluster;
    this.volumes = volumes;
    this.site = site;
    this.jobPods = jobPods;
  }

  /// Who is told of Pods with a process that has ended.
  void setOnEnd(Consumer<ObjectKey> listener) {
    onEnd = listener;
  }

  Optional<MariaDbServer> server(ObjectKey pod) {
    return Optional.ofNullable(servers.get(pod));
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    PodResource resource =
        cluster.client().pods().inNamespace(key.namespace()).withName(key.name());
    Pod pod = resource.get();
    if (pod == null) {
      jobPods.gone(key);
    } else if (PodOfJob.owner(pod).isPresent()) {
      return jobPods.reconcile(key, resource, pod, onEnd);
    }
    if (pod == null || pod.isMarkedForDeletion()) {
      stop(key);
      Cluster.removeFinalizers(resource, FINALIZER);
      return Optional.empty();
    }
    Optional<Mount> mount = mount(pod);
    if (mount.isEmpty()) {
      return Optional.empty();
    }
    MariaDbServer last = servers.get(key);
    if (last != null && last.isRunning()) {
      return Optional.empty();
    }
    if (last != null && PodStatus.isReady(pod)) {
      Cluster.patchStatus(resource, PodStatus.ended(pod, mount.get().container()));
    }
    return start(key, pod, resource, mount.get());
  }

  private Optional<Duration> start(ObjectKey key, Pod pod, PodResource resource, Mount mount) {
    Optional<String> volume = boundVolume(key, mount);
    if (volume.isEmpty()) {
      return Optional.empty(); // the claim's next event brings us back
    }
    Instant now = Instant.now();
    Instant due = notBefore.getOrDefault(key, now);
    if (due.isAfter(now)) {
      return Optional.of(Duration.between(now, due));
    }
    Cluster.addFinalizers(resource, FINALIZER);
    MariaDbServer last = servers.get(key);
    int restarts = last == null ? 0 : PodStatus.restarts(pod) + 1;
    try {
      MariaDbServer server =
          last == null
              ? start(key.name(), volume.get(), mount.subPath(), args(mount))
              : start(volume.get(), last.spec());
      servers.put(key, server);
      notBefore.remove(key);
      Cluster.patchStatus(
          resource, PodStatus.ready(pod, mount.container(), server.address(), restarts));
      server.onEnd(() -> onEnd.accept(key));
    } catch (SandboxException e) {
      notBefore.put(key, now.plus(CRASH_BACK_OFF));
      Cluster.patchStatus(resource, PodStatus.crashed(pod, mount.container(), e));
      return Optional.of(CRASH_BACK_OFF);
    }
    return Optional.empty();
  }

  /// Starts a server on a volume; also for servers that no Pod stands for.
  MariaDbServer start(String hostname, String volume, String subPath, List<String> args) {
    Path dataDir = volumes.folder(volume).resolve(subPath);
    return start(volume, MariaDbServer.Spec.of(dataDir, hostname, args));
  }

  private MariaDbServer start(String volume, MariaDbServer.Spec spec) {
    return volumes.exclusively(
        volume,
        () -> {
          MariaDbServer server =
              MariaDbServer.start(
                  spec,
                  new MariaDbServer.Site(site.host(), site.binaries(), runDir(), site.watchdog()));
          volumes.attach(volume, server);
          return server;
        });
  }

  private Path runDir() {
    try {
      return Files.createTempDirectory(site.runDir(), "r");
    } catch (IOException e) {
      throw new SandboxException("Cannot create a folder in " + site.runDir(), e);
    }
  }

  private void stop(ObjectKey key) {
    MariaDbServer server = servers.remove(key);
    if (server != null) {
      server.close();
    }
  }

  private Optional<String> boundVolume(ObjectKey pod, Mount mount) {
    PersistentVolumeClaim claim =
        cluster
            .client()
            .persistentVolumeClaims()
            .inNamespace(pod.namespace())
            .withName(mount.claim())
            .get();
    return claim != null && VolumeProvisioner.isBound(claim)
        ? Optional.of(claim.getSpec().getVolumeName())
        : Optional.empty();
  }

  private static Optional<Mount> mount(Pod pod) {
    for (var volume : pod.getSpec().getVolumes()) {
      for (Container container : pod.getSpec().getContainers()) {
        for (VolumeMount mount : container.getVolumeMounts()) {
          if (volume.getPersistentVolumeClaim() != null
              && mount.getName().equals(volume.getName())) {
            String subPath = mount.getSubPath() == null ? "" : mount.getSubPath();
            String claim = volume.getPersistentVolumeClaim().getClaimName();
            return Optional.of(new Mount(claim, subPath, container));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> args(Mount mount) {
    return mount.container().getArgs().stream().filter(arg -> arg.startsWith("--")).toList();
  }
}
