package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Runs the containers of Pods that belong to a Job, and shows them in the Pods' statuses. What
/// they have written can be read as long as the sandbox lives.
final class JobPods {

  private static final String FINALIZER = "sandbox.snapshotjobs.dev/kubelet";
  private static final Duration VOLUMES_BACK_OFF = Duration.ofSeconds(1);

  /// A Pod that was seen, and its folder.
  private record Seen(JobPod pod, Path folder) {

    Path volumes() {
      return folder.resolve("volumes");
    }
  }

  private final ContainerLauncher launcher;
  private final PodVolumes volumes;
  private final Path folder;
  private final Map<ObjectKey, Seen> pods = new HashMap<>();

  /// @param folder the parent of one folder per Pod
  JobPods(ContainerLauncher launcher, PodVolumes volumes, Path folder) {
    this.launcher = launcher;
    this.volumes = volumes;
    this.folder = folder;
  }

  /// All processes of a container so far, the oldest first; also when the Pod is gone.
  synchronized List<JobProcess> attempts(ObjectKey pod, String container) {
    return Optional.ofNullable(pods.get(pod)).stream()
        .flatMap(seen -> seen.pod().containers())
        .filter(each -> each.name().equals(container))
        .flatMap(each -> each.attempts().stream())
        .toList();
  }

  /// Waits until a container has had so many processes; returns those that it has had in the end.
  synchronized List<JobProcess> awaitAttempts(
      ObjectKey pod, String container, int number, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    try {
      while (attempts(pod, container).size() < number) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          break;
        }
        wait(millis);
      }
      return attempts(pod, container);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while waiting for a container", e);
    }
  }

  /// @param onEnd who is told that a process of this Pod has ended
  Optional<Duration> reconcile(
      ObjectKey key, PodResource resource, Pod pod, Consumer<ObjectKey> onEnd) {
    Seen seen = seen(key, pod);
    Optional<Duration> later;
    if (pod.isMarkedForDeletion()) {
      later = seen.pod().stop(Instant.now());
    } else if (JobPodStatus.isTerminal(pod)) {
      return Optional.empty();
    } else {
      later = run(key, resource, pod, seen, onEnd);
    }
    tellWaiting();
    Cluster.patchStatus(resource, JobPodStatus.of(pod, seen.pod()));
    if (pod.isMarkedForDeletion() && !seen.pod().isRunning()) {
      Command.check("rm", "-rf", seen.volumes().toString());
      Cluster.removeFinalizers(resource, FINALIZER);
    }
    return later;
  }

  /// Of a Pod that went without asking.
  synchronized void gone(ObjectKey key) {
    Optional.ofNullable(pods.get(key)).ifPresent(seen -> seen.pod().kill());
  }

  private Optional<Duration> run(
      ObjectKey key, PodResource resource, Pod pod, Seen seen, Consumer<ObjectKey> onEnd) {
    Optional<Map<String, Path>> folders;
    try {
      folders = volumes.open(pod, seen.volumes());
    } catch (ContainerRefusal refusal) { // a ConfigMap that is not there yet, for instance
      return Optional.of(VOLUMES_BACK_OFF);
    }
    seen.pod().setScheduled(folders.isPresent());
    if (folders.isEmpty()) {
      return Optional.empty(); // the claim's next event brings us back
    }
    Cluster.addFinalizers(resource, FINALIZER);
    return seen.pod()
        .advance(
            Instant.now(),
            container -> {
              ContainerLauncher.Place place =
                  new ContainerLauncher.Place(
                      pod, seen.pod().address(), folders.get(), runDir(seen, container));
              JobProcess process = launcher.start(container.spec(), place);
              process.onEnd(() -> onEnd.accept(key));
              return process;
            });
  }

  private synchronized void tellWaiting() {
    notifyAll();
  }

  private synchronized Seen seen(ObjectKey key, Pod pod) {
    Seen known = pods.get(key);
    if (known != null && known.pod().is(pod)) {
      return known;
    }
    try {
      Seen seen = new Seen(new JobPod(pod), Files.createTempDirectory(folder, "p"));
      pods.put(key, seen);
      return seen;
    } catch (IOException e) {
      throw new SandboxException("Cannot create a folder in " + folder, e);
    }
  }

  private static Path runDir(Seen seen, PodContainer container) {
    try {
      return Files.createTempDirectory(
          seen.folder(), container.name() + "-" + container.attempts().size() + "-");
    } catch (IOException e) {
      throw new SandboxException("Cannot create a folder in " + seen.folder(), e);
    }
  }
}
