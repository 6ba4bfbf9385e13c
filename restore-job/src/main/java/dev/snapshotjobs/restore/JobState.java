package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.ExitCode;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// How far a restore's Job is, by what it and its pods say. Pure.
sealed interface JobState {
  /// It goes on by itself.
  ///
  /// @param started whether its newest pod has all that it waits for: volume, node and images
  record Working(boolean started, String words) implements JobState {}

  /// All is done, and the server was shut down cleanly.
  ///
  /// @param warnings of its containers, which nobody else tells
  record Complete(ContainerEnd replay, List<String> warnings) implements JobState {
    public Complete {
      warnings = List.copyOf(warnings);
    }
  }

  /// A container has found out that it cannot be done.
  record Refused(ContainerEnd by) implements JobState {}

  /// The copy is of no more use, and another one may be.
  record Worthless(String why) implements JobState {}

  /// Kubernetes has given it up, or nobody can say that it was done.
  record Failed(String why) implements JobState {}

  String STARTED_TWICE = "the server was started a second time on the same copy";

  static JobState of(Job job, List<Pod> pods) {
    if (condition(job, "Complete").isPresent()) {
      return complete(pods);
    }
    List<ContainerEnd> ends = pods.stream().flatMap(JobState::ends).toList();
    Optional<JobState> decided =
        ends.stream()
            .filter(ContainerEnd::isFinal)
            .findFirst()
            .<JobState>map(Refused::new)
            .or(
                () ->
                    ends.stream()
                        .filter(ContainerEnd::makesCopyWorthless)
                        .findFirst()
                        .map(end -> new Worthless(end.words())));
    return decided
        .or(() -> condition(job, "Failed").map(failed -> new Failed(words(failed, ends))))
        .or(
            () ->
                pods.stream()
                    .flatMap(JobState::serverEnd)
                    .findFirst()
                    .map(end -> new Worthless(STARTED_TWICE + ": " + end.words())))
        .orElseGet(() -> working(pods));
  }

  private static JobState complete(List<Pod> pods) {
    Optional<Pod> succeeded =
        pods.stream().filter(pod -> "Succeeded".equals(phase(pod))).findFirst();
    Optional<ContainerEnd> replay =
        succeeded.flatMap(pod -> status(pod, RestoreJobDraft.REPLAY)).flatMap(JobState::end);
    Optional<ContainerStatus> server =
        succeeded.flatMap(pod -> status(pod, RestoreJobDraft.SERVER));
    if (replay.isEmpty() || server.isEmpty()) {
      return new Failed("the Job is complete, but its pod is gone, which alone can prove it");
    }
    if (server.get().getRestartCount() > 0) {
      return new Worthless(STARTED_TWICE);
    }
    return terminated(server.get().getState())
        .map(state -> ContainerEnd.of(RestoreJobDraft.SERVER, state))
        .<JobState>map(
            end ->
                end.exit() == 0
                    ? new Complete(replay.get(), warnings(succeeded.get()))
                    : new Failed("the server was not shut down cleanly: " + end.words()))
        .orElseGet(() -> new Failed("nobody knows whether the server was shut down cleanly"));
  }

  /// Of a server that was started again. One that cannot read the data, for want of a key or of
  /// memory, ends so again and again, and the replay would wait for it in vain.
  private static Stream<ContainerEnd> serverEnd(Pod pod) {
    return status(pod, RestoreJobDraft.SERVER).stream()
        .flatMap(status -> terminated(status.getLastState()).stream())
        .map(state -> ContainerEnd.of(RestoreJobDraft.SERVER, state));
  }

  private static List<String> warnings(Pod pod) {
    return Stream.of(RestoreJobDraft.INSPECT, RestoreJobDraft.REPLAY)
        .flatMap(name -> status(pod, name).flatMap(JobState::end).stream())
        .flatMap(end -> end.warnings().stream())
        .toList();
  }

  private static JobState working(List<Pod> pods) {
    Optional<Pod> newest =
        pods.stream().max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()));
    if (newest.isEmpty()) {
      return new Working(false, "the Job has no pod yet");
    }
    boolean started =
        statuses(newest.get()).anyMatch(JobState::hasRun) && !waitsForServer(newest.get());
    List<String> words = new ArrayList<>();
    statuses(newest.get()).forEach(status -> waiting(status).ifPresent(words::add));
    unscheduled(newest.get()).ifPresent(words::add);
    if (words.isEmpty()) {
      statuses(newest.get())
          .filter(status -> status.getState() != null && status.getState().getRunning() != null)
          .map(ContainerStatus::getName)
          .reduce((_, last) -> last)
          .ifPresent(name -> words.add(name + " is running"));
    }
    return new Working(
        started, words.isEmpty() ? "its pod is " + phase(newest.get()) : String.join("; ", words));
  }

  /// The server's image is asked for when `inspect` is done, and may not be had.
  private static boolean waitsForServer(Pod pod) {
    boolean inspected =
        status(pod, RestoreJobDraft.INSPECT)
            .flatMap(JobState::end)
            .filter(end -> end.exit() == 0)
            .isPresent();
    return inspected && status(pod, RestoreJobDraft.SERVER).filter(JobState::hasRun).isEmpty();
  }

  private static Optional<String> unscheduled(Pod pod) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(
                condition ->
                    "PodScheduled".equals(condition.getType())
                        && "False".equals(condition.getStatus()))
            .map(condition -> "its pod is not scheduled: " + condition.getMessage())
            .findFirst();
  }

  /// Only what is no ordinary step of a pod's start.
  private static Optional<String> waiting(ContainerStatus status) {
    return Optional.ofNullable(status.getState())
        .map(ContainerState::getWaiting)
        .filter(waiting -> waiting.getMessage() != null && !waiting.getMessage().isBlank())
        .map(
            waiting ->
                "%s waits: %s, %s"
                    .formatted(status.getName(), waiting.getReason(), waiting.getMessage()));
  }

  private static boolean hasRun(ContainerStatus status) {
    return terminated(status.getLastState()).isPresent()
        || terminated(status.getState()).isPresent()
        || (status.getState() != null && status.getState().getRunning() != null);
  }

  /// A Job that is given up stops what still runs: that a container was stopped tells nothing.
  private static String words(JobCondition failed, List<ContainerEnd> ends) {
    String last =
        ends.stream()
            .filter(end -> end.exit() != ExitCode.STOPPED.code())
            .reduce((_, later) -> later)
            .map(end -> "last, " + end.words())
            .orElse("none of its containers has told why");
    return "the Job has failed (%s): %s; %s"
        .formatted(failed.getReason(), failed.getMessage(), last);
  }

  /// Of the containers of ours that did not end well, those before their restarts first.
  private static Stream<ContainerEnd> ends(Pod pod) {
    return Stream.of(RestoreJobDraft.INSPECT, RestoreJobDraft.REPLAY)
        .flatMap(name -> status(pod, name).stream())
        .flatMap(
            status ->
                Stream.of(status.getLastState(), status.getState())
                    .flatMap(state -> terminated(state).stream())
                    .map(state -> ContainerEnd.of(status.getName(), state)))
        .filter(end -> end.exit() != 0);
  }

  private static Optional<ContainerEnd> end(ContainerStatus status) {
    return terminated(status.getState()).map(state -> ContainerEnd.of(status.getName(), state));
  }

  private static Optional<ContainerStateTerminated> terminated(ContainerState state) {
    return Optional.ofNullable(state).map(ContainerState::getTerminated);
  }

  private static Optional<ContainerStatus> status(Pod pod, String container) {
    return statuses(pod).filter(status -> status.getName().equals(container)).findFirst();
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.empty()
        : Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream());
  }

  private static String phase(Pod pod) {
    return pod.getStatus() == null
        ? "Pending"
        : Objects.requireNonNullElse(pod.getStatus().getPhase(), "Pending");
  }

  private static Optional<JobCondition> condition(Job job, String type) {
    return job.getStatus() == null
        ? Optional.empty()
        : job.getStatus().getConditions().stream()
            .filter(
                condition ->
                    type.equals(condition.getType()) && "True".equals(condition.getStatus()))
            .findFirst();
  }
}
