package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Jobs as tests look at them.
record JobRuns(KubernetesClient client, JobPods running) {

  JobEnd await(ObjectKey job, Duration atMost) {
    try {
      return JobEnd.of(
              client
                  .batch()
                  .v1()
                  .jobs()
                  .inNamespace(job.namespace())
                  .withName(job.name())
                  .waitUntilCondition(
                      now -> now != null && JobEnd.of(now).isPresent(),
                      atMost.toMillis(),
                      TimeUnit.MILLISECONDS))
          .orElseThrow();
    } catch (KubernetesClientTimeoutException e) {
      throw new SandboxException("Job " + job.name() + " has not ended: " + describe(job), e);
    }
  }

  private String describe(ObjectKey key) {
    Job job = client.batch().v1().jobs().inNamespace(key.namespace()).withName(key.name()).get();
    StringBuilder text = new StringBuilder();
    text.append(job == null ? "it does not exist" : String.valueOf(job.getStatus()));
    pods(key).forEach(pod -> text.append("\n").append(describe(pod)));
    return text.toString();
  }

  private String describe(Pod pod) {
    StringBuilder text = new StringBuilder();
    text.append("Pod ").append(pod.getMetadata().getName()).append(": ").append(pod.getStatus());
    Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .flatMap(each -> running.attempts(Cluster.keyOf(pod), each.getName()).stream())
        .forEach(process -> text.append("\n").append(process.stdout()).append(process.stderr()));
    return text.toString();
  }

  List<Pod> pods(ObjectKey job) {
    return client.pods().inNamespace(job.namespace()).list().getItems().stream()
        .filter(pod -> PodOfJob.isOf(job.name(), pod))
        .toList();
  }

  Pod awaitPod(ObjectKey job, Duration atMost) {
    try {
      return client
          .pods()
          .inNamespace(job.namespace())
          .informOnCondition(pods -> staying(job, pods).findAny().isPresent())
          .thenApply(pods -> staying(job, pods).findAny().orElseThrow())
          .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("Interrupted while waiting for the Pod of a Job", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new SandboxException("Job " + job.name() + " has no Pod: " + describe(job), e);
    }
  }

  private static Stream<Pod> staying(ObjectKey job, List<Pod> pods) {
    return pods.stream()
        .filter(pod -> PodOfJob.isOf(job.name(), pod) && !pod.isMarkedForDeletion())
        .filter(pod -> !JobPodStatus.isTerminal(pod));
  }

  JobProcess awaitAttempt(ObjectKey pod, String container, int number, Duration atMost) {
    List<JobProcess> attempts = running.awaitAttempts(pod, container, number, atMost);
    if (attempts.size() < number) {
      Pod found = client.pods().inNamespace(pod.namespace()).withName(pod.name()).get();
      throw new SandboxException(
          "Container %s was started %d times. %s"
              .formatted(
                  container, attempts.size(), found == null ? "No such Pod" : describe(found)));
    }
    return attempts.get(number - 1);
  }
}
