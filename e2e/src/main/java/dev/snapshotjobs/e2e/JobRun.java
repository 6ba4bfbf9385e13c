package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One Job made from a CronJob, and what its pods did.
record JobRun(KindCluster cluster, String name) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MINUTES = 6;

  /// As `kubectl create job --from=cronjob/…`, with some settings changed and no retries but those
  /// asked for.
  static JobRun start(
      KindCluster cluster, String cronJob, String name, int retries, Map<String, String> settings) {
    return start(cluster, cronJob, name, job -> change(job, retries, settings));
  }

  /// The same with other arguments.
  static JobRun start(
      KindCluster cluster,
      String cronJob,
      String name,
      int retries,
      Map<String, String> settings,
      List<String> args) {
    return start(
        cluster,
        cronJob,
        name,
        job -> {
          change(job, retries, settings);
          container(job).setArgs(args);
        });
  }

  /// As `kubectl create job --from=cronjob/…`, changed before it is created.
  static JobRun start(KindCluster cluster, String cronJob, String name, Consumer<Job> change) {
    String drawn =
        cluster.kubectl(
            "create",
            "job",
            name,
            "-n",
            Shop.NAMESPACE,
            "--from=cronjob/" + cronJob,
            "--dry-run=client",
            "-o",
            "json");
    Job job = cluster.client().getKubernetesSerialization().unmarshal(drawn, Job.class);
    change.accept(job);
    cluster.client().resource(job).inNamespace(Shop.NAMESPACE).create();
    return new JobRun(cluster, name);
  }

  private static void change(Job job, int retries, Map<String, String> settings) {
    job.getSpec().setBackoffLimit(retries);
    List<EnvVar> environment = container(job).getEnv();
    settings.forEach(
        (setting, value) ->
            environment.add(new EnvVarBuilder().withName(setting).withValue(value).build()));
  }

  private static Container container(Job job) {
    return job.getSpec().getTemplate().getSpec().getContainers().getFirst();
  }

  /// As OpenShift runs it: by a number that it gives to the namespace, in the group of root.
  static void withAUserOfTheCluster(Job job) {
    PodSecurityContext security = job.getSpec().getTemplate().getSpec().getSecurityContext();
    security.setRunAsUser(1000680000L);
    security.setRunAsGroup(0L);
    job.getSpec().setBackoffLimit(0);
  }

  private KubernetesClient client() {
    return cluster.client();
  }

  /// Waits for the end of the Job.
  ///
  /// @return `Complete` or `Failed`, with its reason
  String awaitEnd() {
    Job job =
        client()
            .batch()
            .v1()
            .jobs()
            .inNamespace(Shop.NAMESPACE)
            .withName(name)
            .waitUntilCondition(
                found -> found != null && end(found).isPresent(), MINUTES, TimeUnit.MINUTES);
    JobCondition end = end(job).orElseThrow();
    return end.getType() + (end.getReason() == null ? "" : " " + end.getReason());
  }

  /// Waits for the end of the Job, which must have done its work. Else what its pods said is shown.
  ///
  /// @return the outcome of its last pod
  JsonNode complete() {
    String end = awaitEnd();
    assertThat(end).as(this::said).startsWith("Complete");
    return outcome(pods().getLast());
  }

  private String said() {
    return pods().stream()
        .map(
            pod ->
                "%s: %s\n%s"
                    .formatted(
                        pod.getMetadata().getName(),
                        pod.getStatus(),
                        client().pods().resource(pod).getLog()))
        .collect(Collectors.joining("\n"));
  }

  private static Optional<JobCondition> end(Job job) {
    return job.getStatus().getConditions().stream()
        .filter(condition -> condition.getStatus().equals("True"))
        .filter(condition -> condition.getType().matches("Complete|Failed"))
        .findFirst();
  }

  /// The pods that are still there, in the order in which they were made.
  List<Pod> pods() {
    return client()
        .pods()
        .inNamespace(Shop.NAMESPACE)
        .withLabel("batch.kubernetes.io/job-name", name)
        .list()
        .getItems()
        .stream()
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
        .toList();
  }

  Pod onlyPod() {
    assertThat(pods()).hasSize(1);
    return pods().getFirst();
  }

  /// Waits until the Job has a pod that is in such a state.
  Pod awaitPod(Predicate<Pod> condition) {
    return client()
        .pods()
        .inNamespace(Shop.NAMESPACE)
        .withLabel("batch.kubernetes.io/job-name", name)
        .informOnCondition(found -> found.stream().anyMatch(condition))
        .orTimeout(MINUTES, TimeUnit.MINUTES)
        .join()
        .stream()
        .filter(condition)
        .findFirst()
        .orElseThrow();
  }

  /// How the container of a pod ended.
  static ContainerStateTerminated end(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .map(status -> status.getState().getTerminated())
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("pod " + pod.getMetadata().getName() + " has not ended"));
  }

  /// What the pod printed as its result, as JSON.
  JsonNode result(Pod pod) {
    return client()
        .pods()
        .resource(pod)
        .getLog()
        .lines()
        .map(JSON::readTree)
        .filter(line -> !line.has("@timestamp"))
        .findFirst()
        .orElseThrow();
  }

  /// What the pod reported, after a look at how it did: each line of its log is JSON, the last one
  /// and the termination message are the same record, and `kubectl describe` shows it.
  JsonNode outcome(Pod pod) {
    List<JsonNode> lines = new ArrayList<>();
    client().pods().resource(pod).getLog().lines().forEach(line -> lines.add(JSON.readTree(line)));
    JsonNode outcome = lines.getLast().get("outcome");
    ContainerStateTerminated ended = end(pod);
    assertThat(outcome).as("last line of the log").isNotNull();
    assertThat(JSON.readTree(ended.getMessage())).isEqualTo(outcome);
    assertThat(outcome.get("exit").asInt()).isEqualTo(ended.getExitCode());
    assertThat(
            cluster.kubectl("describe", "pod", "-n", Shop.NAMESPACE, pod.getMetadata().getName()))
        .contains(outcome.get("message").asString().replace("\"", "\\\""));
    return outcome;
  }
}
