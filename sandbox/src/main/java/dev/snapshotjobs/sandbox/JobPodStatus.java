package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The `status` of a Job's Pod as the kubelet writes it.
///
/// @param before as it was, for the times of what has not changed
record JobPodStatus(Pod before, JobPod now) {

  private static final int LONGEST_MESSAGE = 4096;
  private static final int LONGEST_LOG_MESSAGE = 2048;

  private record Reason(String reason, String message) {}

  static boolean isTerminal(Pod pod) {
    return pod.getStatus() != null
        && ("Succeeded".equals(pod.getStatus().getPhase())
            || "Failed".equals(pod.getStatus().getPhase()));
  }

  static Object of(Pod before, JobPod now) {
    return new JobPodStatus(before, now).build();
  }

  private Object build() {
    PodStatusBuilder status =
        new PodStatusBuilder()
            .withPhase(now.phase().text())
            .withConditions(conditions())
            .withInitContainerStatuses(now.initial().stream().map(this::initial).toList())
            .withContainerStatuses(now.main().stream().map(this::main).toList());
    if (now.isScheduled()) {
      status
          .withStartTime(text(now.startTime()))
          .withHostIP("127.0.0.1")
          .withPodIP(now.address())
          .addNewPodIP(now.address());
    }
    return status.build();
  }

  private List<PodCondition> conditions() {
    Optional<Reason> unscheduled =
        now.isScheduled()
            ? Optional.empty()
            : Optional.of(
                new Reason("Unschedulable", "pod has unbound immediate PersistentVolumeClaims"));
    if (unscheduled.isPresent()) {
      return List.of(condition("PodScheduled", unscheduled));
    }
    Optional<Reason> uninitialised =
        now.isInitialised()
            ? Optional.empty()
            : Optional.of(new Reason("ContainersNotInitialized", "containers are not initialized"));
    return Stream.of(
            condition("PodScheduled", Optional.empty()),
            condition("Initialized", uninitialised),
            condition("ContainersReady", unready()),
            condition("Ready", unready()))
        .toList();
  }

  private Optional<Reason> unready() {
    return switch (now.phase()) {
      case SUCCEEDED -> Optional.of(new Reason("PodCompleted", ""));
      case FAILED -> Optional.of(new Reason("PodFailed", ""));
      case PENDING, RUNNING ->
          now.isInitialised()
                  && now.initial().stream().allMatch(each -> !each.isSidecar() || each.isRunning())
                  && now.main().stream().allMatch(PodContainer::isRunning)
              ? Optional.empty()
              : Optional.of(new Reason("ContainersNotReady", "containers with unready status"));
    };
  }

  /// True unless there is a reason.
  private PodCondition condition(String type, Optional<Reason> reason) {
    String status = reason.isEmpty() ? "True" : "False";
    String since =
        Optional.ofNullable(before.getStatus()).stream()
            .flatMap(then -> then.getConditions().stream())
            .filter(then -> type.equals(then.getType()) && status.equals(then.getStatus()))
            .map(PodCondition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> text(Instant.now()));
    PodConditionBuilder condition =
        new PodConditionBuilder().withType(type).withStatus(status).withLastTransitionTime(since);
    reason.ifPresent(
        why ->
            condition
                .withReason(why.reason())
                .withMessage(why.message().isEmpty() ? null : why.message()));
    return condition.build();
  }

  private ContainerStatus initial(PodContainer container) {
    return status(container, container.isRunning() || container.hasSucceeded());
  }

  private ContainerStatus main(PodContainer container) {
    return status(container, container.isRunning());
  }

  private ContainerStatus status(PodContainer container, boolean ready) {
    ContainerStatusBuilder status =
        new ContainerStatusBuilder()
            .withName(container.name())
            .withImage(container.spec().getImage())
            .withImageID("")
            .withReady(ready)
            .withStarted(container.isRunning())
            .withRestartCount(container.restarts())
            .withState(state(container));
    container
        .last()
        .ifPresent(
            process ->
                status
                    .withImageID("sandbox@sha256:" + PodStatus.sha256(container.spec().getImage()))
                    .withContainerID(id(container, container.attempts().size())));
    lastTerminated(container).ifPresent(status::withLastState);
    return status.build();
  }

  private ContainerState state(PodContainer container) {
    if (container.isRunning()) {
      return new ContainerStateBuilder()
          .withNewRunning(text(container.last().orElseThrow().startTime()))
          .build();
    }
    if (isBackingOff(container)) {
      return waiting(
          "CrashLoopBackOff",
          "back-off restarting failed container=%s pod=%s"
              .formatted(container.name(), before.getMetadata().getName()));
    }
    if (container.end().isPresent()) {
      return terminated(container, container.attempts().size());
    }
    return container
        .refusal()
        .map(refusal -> waiting(refusal.reason(), String.valueOf(refusal.getMessage())))
        .orElseGet(
            () -> waiting(now.initial().isEmpty() ? "ContainerCreating" : "PodInitializing", ""));
  }

  /// The first restart follows at once in Kubernetes, so nobody sees it wait.
  private boolean isBackingOff(PodContainer container) {
    boolean isToRun = container.isSidecar() || (now.isRetried() && container.hasFailed());
    return isToRun && container.end().isPresent() && container.restarts() > 0 && !now.isEnding();
  }

  private Optional<ContainerState> lastTerminated(PodContainer container) {
    int attempts = container.attempts().size();
    int last = isBackingOff(container) ? attempts : attempts - 1;
    return last < 1 ? Optional.empty() : Optional.of(terminated(container, last));
  }

  private static ContainerState waiting(String reason, String message) {
    return new ContainerStateBuilder()
        .withNewWaiting(message.isEmpty() ? null : message, reason)
        .build();
  }

  /// @param attempt from 1
  private ContainerState terminated(PodContainer container, int attempt) {
    JobProcess process = container.attempts().get(attempt - 1);
    JobProcess.End end = process.end().orElseThrow();
    String message = message(container, process, end);
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withContainerID(id(container, attempt))
        .withExitCode(end.exitCode())
        .withReason(end.exitCode() == 0 ? "Completed" : "Error")
        .withStartedAt(text(process.startTime()))
        .withFinishedAt(text(end.time()))
        .withMessage(message.isEmpty() ? null : message)
        .endTerminated()
        .build();
  }

  private static String message(PodContainer container, JobProcess process, JobProcess.End end) {
    String left = process.terminationMessage();
    boolean fromLog =
        "FallbackToLogsOnError".equals(container.spec().getTerminationMessagePolicy());
    if (left.isEmpty() && end.exitCode() != 0 && fromLog) {
      String log = process.stdout() + process.stderr();
      return log.substring(Math.max(0, log.length() - LONGEST_LOG_MESSAGE));
    }
    return left.substring(0, Math.min(left.length(), LONGEST_MESSAGE));
  }

  private String id(PodContainer container, int attempt) {
    return "sandbox://"
        + PodStatus.sha256(
            Objects.requireNonNull(before.getMetadata().getUid())
                + "/"
                + container.name()
                + "/"
                + attempt);
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
