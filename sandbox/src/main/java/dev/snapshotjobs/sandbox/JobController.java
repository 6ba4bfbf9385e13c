package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gives each Job one Pod until one has succeeded, as often as its back-off limit allows, and takes
/// the Pods of a deleted Job along, which is the garbage collector's work elsewhere.
final class JobController implements ReconcileLoop.Reconciler {

  private static final int USUAL_BACK_OFF_LIMIT = 6;
  private static final JobEnd SUCCESS =
      new JobEnd(true, "CompletionsReached", "Reached expected number of succeeded pods");

  private final Cluster cluster;
  private final Map<ObjectKey, JobTally> tallies = new ConcurrentHashMap<>();

  JobController(Cluster cluster) {
    this.cluster = cluster;
  }

  private KubernetesClient client() {
    return cluster.client();
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Job job = client().batch().v1().jobs().inNamespace(key.namespace()).withName(key.name()).get();
    boolean exists = job != null && !job.isMarkedForDeletion();
    String uid = exists ? job.getMetadata().getUid() : "";
    List<Pod> pods = pods(key);
    pods.stream().filter(pod -> !isOf(uid, pod)).forEach(this::delete);
    if (!exists) {
      tallies.remove(key);
      return Optional.empty();
    }
    boolean canRun = job.getSpec() != null && job.getSpec().getTemplate() != null;
    if (!canRun || JobEnd.of(job).isPresent()) {
      return Optional.empty();
    }
    JobTally tally =
        tallies.compute(
            key, (name, known) -> known != null && known.isOf(uid) ? known : new JobTally(uid));
    return reconcile(job, pods.stream().filter(pod -> isOf(uid, pod)).toList(), tally);
  }

  private List<Pod> pods(ObjectKey job) {
    return client().pods().inNamespace(job.namespace()).list().getItems().stream()
        .filter(pod -> PodOfJob.isOf(job.name(), pod))
        .toList();
  }

  private static boolean isOf(String uid, Pod pod) {
    return PodOfJob.owner(pod).filter(owner -> owner.getUid().equals(uid)).isPresent();
  }

  private void delete(Pod pod) {
    if (!pod.isMarkedForDeletion()) {
      client().resource(pod).delete();
    }
  }

  private Optional<Duration> reconcile(Job job, List<Pod> pods, JobTally tally) {
    tally.look(pods);
    List<Pod> unfinished = pods.stream().filter(pod -> !JobPodStatus.isTerminal(pod)).toList();
    List<Pod> active = unfinished.stream().filter(pod -> !pod.isMarkedForDeletion()).toList();
    Instant now = Instant.now();
    Optional<JobEnd> end = JobEnd.decided(job).or(() -> decide(job, active, tally, now));
    Optional<Duration> later = Optional.empty();
    if (end.isPresent()) {
      active.forEach(this::delete);
    } else {
      boolean replaceable =
          "Failed".equals(job.getSpec().getPodReplacementPolicy())
              ? unfinished.isEmpty()
              : active.isEmpty();
      later = replaceable ? create(job, tally, now) : Optional.empty();
    }
    showStatus(job, tally, active.size(), unfinished.size() - active.size(), end);
    return Stream.concat(later.stream(), untilDeadline(job, tally, now).stream())
        .min(Duration::compareTo);
  }

  private Optional<Duration> create(Job job, JobTally tally, Instant now) {
    if (now.isBefore(tally.due())) {
      return Optional.of(Duration.between(now, tally.due()).plusMillis(1));
    }
    client().resource(PodOfJob.build(job)).create();
    return Optional.empty();
  }

  private static Optional<JobEnd> decide(Job job, List<Pod> active, JobTally tally, Instant now) {
    if (tally.succeeded() > 0) {
      return Optional.of(SUCCESS);
    }
    int limit = Objects.requireNonNullElse(job.getSpec().getBackoffLimit(), USUAL_BACK_OFF_LIMIT);
    if (tally.failed() > limit || isPastLimit(job, active, limit)) {
      return Optional.of(
          new JobEnd(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit"));
    }
    return deadline(job, tally).filter(time -> !now.isBefore(time)).isPresent()
        ? Optional.of(
            new JobEnd(false, "DeadlineExceeded", "Job was active longer than specified deadline"))
        : Optional.empty();
  }

  /// Restarts within a Pod count as soon as they are as many as the limit, whereas Pods that failed
  /// may be as many: `pastBackoffLimitOnFailure` of Kubernetes. Those of sidecars count too.
  private static boolean isPastLimit(Job job, List<Pod> active, int limit) {
    if (!"OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy())) {
      return false;
    }
    int restarts =
        active.stream()
            .filter(pod -> pod.getStatus() != null)
            .flatMap(
                pod ->
                    Stream.concat(
                        pod.getStatus().getInitContainerStatuses().stream(),
                        pod.getStatus().getContainerStatuses().stream()))
            .mapToInt(status -> Objects.requireNonNullElse(status.getRestartCount(), 0))
            .sum();
    return limit == 0 ? restarts > 0 : restarts >= limit;
  }

  private static Optional<Instant> deadline(Job job, JobTally tally) {
    return Optional.ofNullable(job.getSpec().getActiveDeadlineSeconds())
        .map(seconds -> tally.startTime().plusSeconds(seconds));
  }

  private static Optional<Duration> untilDeadline(Job job, JobTally tally, Instant now) {
    return deadline(job, tally)
        .filter(now::isBefore)
        .map(time -> Duration.between(now, time).plusMillis(1));
  }

  /// A Job is over when its last Pod is, not when that is decided.
  private void showStatus(
      Job job, JobTally tally, int active, int terminating, Optional<JobEnd> end) {
    Map<String, @Nullable Object> status = new HashMap<>();
    boolean over = end.isPresent() && active + terminating == 0;
    status.put("startTime", text(tally.startTime()));
    status.put("active", orAbsent(active));
    status.put("terminating", orAbsent(terminating));
    status.put("succeeded", orAbsent(tally.succeeded()));
    status.put("failed", orAbsent(tally.failed()));
    List<JobCondition> conditions =
        new ArrayList<>(job.getStatus() == null ? List.of() : job.getStatus().getConditions());
    if (end.isPresent()) {
      boolean succeeded = end.get().succeeded();
      add(conditions, succeeded ? "SuccessCriteriaMet" : "FailureTarget", end.get());
      if (over) {
        add(conditions, succeeded ? "Complete" : "Failed", end.get());
        status.put("completionTime", succeeded ? text(Instant.now()) : null);
      }
      status.put("conditions", conditions);
    }
    Cluster.patchStatus(client().resource(job), status);
  }

  /// Kubernetes leaves out what is 0.
  private static @Nullable Integer orAbsent(int count) {
    return count == 0 ? null : count;
  }

  private static void add(List<JobCondition> conditions, String type, JobEnd end) {
    if (conditions.stream().noneMatch(each -> each.getType().equals(type))) {
      String now = text(Instant.now());
      conditions.add(
          new JobConditionBuilder()
              .withType(type)
              .withStatus("True")
              .withReason(end.reason())
              .withMessage(end.message())
              .withLastProbeTime(now)
              .withLastTransitionTime(now)
              .build());
    }
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
