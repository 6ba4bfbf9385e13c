package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The containers of one Pod, in the order in which a kubelet starts and stops them: one initial
/// container after the other, beside sidecars, which stay; then the main ones; then the sidecars
/// are stopped.
final class JobPod {

  private static final Duration USUAL_GRACE = Duration.ofSeconds(30);

  enum Phase {
    PENDING("Pending"),
    RUNNING("Running"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed");

    private final String text;

    Phase(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private final String uid;
  private final String address = Host.freeAddress();
  private final Instant startTime = Instant.now();
  private final List<PodContainer> initial;
  private final List<PodContainer> main;
  private final boolean retried;
  private final Duration grace;
  private Optional<Instant> killTime = Optional.empty();
  private boolean scheduled;

  JobPod(Pod pod) {
    uid = pod.getMetadata().getUid();
    initial = pod.getSpec().getInitContainers().stream().map(PodContainer::initial).toList();
    main = pod.getSpec().getContainers().stream().map(PodContainer::main).toList();
    retried = !"Never".equals(pod.getSpec().getRestartPolicy());
    Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
    Duration asked = seconds == null ? USUAL_GRACE : Duration.ofSeconds(seconds);
    grace = asked.compareTo(USUAL_GRACE) < 0 ? asked : USUAL_GRACE; // no test waits for longer
  }

  String address() {
    return address;
  }

  Instant startTime() {
    return startTime;
  }

  List<PodContainer> initial() {
    return initial;
  }

  List<PodContainer> main() {
    return main;
  }

  Stream<PodContainer> containers() {
    return Stream.concat(initial.stream(), main.stream());
  }

  boolean isRetried() {
    return retried;
  }

  /// Whether its claims are bound.
  boolean isScheduled() {
    return scheduled;
  }

  void setScheduled(boolean now) {
    scheduled = now;
  }

  boolean isRunning() {
    return containers().anyMatch(PodContainer::isRunning);
  }

  boolean isInitialised() {
    return initial.stream().allMatch(each -> each.isSidecar() || each.hasSucceeded());
  }

  Phase phase() {
    if (isEnding() && !isRunning()) {
      return main.stream().allMatch(PodContainer::hasSucceeded) ? Phase.SUCCEEDED : Phase.FAILED;
    }
    boolean begun = main.stream().anyMatch(each -> each.last().isPresent());
    return isInitialised() && begun ? Phase.RUNNING : Phase.PENDING;
  }

  /// Nothing is started again.
  boolean isEnding() {
    return isOver() || killTime.isPresent();
  }

  /// Nothing but sidecars is left to run.
  private boolean isOver() {
    return main.stream().allMatch(each -> each.hasSucceeded() || isLost(each))
        || initial.stream().anyMatch(each -> !each.isSidecar() && isLost(each));
  }

  private boolean isLost(PodContainer container) {
    return container.hasFailed() && !retried;
  }

  /// Starts and stops what is due.
  ///
  /// @return when to come back unless a process ends before
  Optional<Duration> advance(Instant now, Function<PodContainer, JobProcess> starter) {
    if (isOver()) {
      return stop(now);
    }
    List<Duration> delays = new ArrayList<>();
    for (PodContainer container : initial) {
      if (container.isSidecar() || !container.hasSucceeded()) {
        run(container, now, starter).ifPresent(delays::add);
        if (!container.isSidecar() || container.last().isEmpty()) {
          return earliest(delays);
        }
      }
    }
    main.stream()
        .filter(container -> !container.hasSucceeded() && !isLost(container))
        .forEach(container -> run(container, now, starter).ifPresent(delays::add));
    return earliest(delays);
  }

  private static Optional<Duration> earliest(List<Duration> delays) {
    return delays.stream().min(Comparator.naturalOrder());
  }

  private static Optional<Duration> run(
      PodContainer container, Instant now, Function<PodContainer, JobProcess> starter) {
    if (container.isRunning()) {
      return Optional.empty();
    }
    if (now.isBefore(container.due())) {
      return Optional.of(until(container.due(), now));
    }
    try {
      container.started(starter.apply(container));
      return Optional.empty();
    } catch (ContainerRefusal refusal) {
      container.refused(refusal, now);
      return Optional.of(until(container.due(), now));
    }
  }

  /// A timer may be early by what its unit cuts off.
  private static Duration until(Instant time, Instant now) {
    return Duration.between(now, time).plusMillis(1);
  }

  /// Ends all at once.
  void kill() {
    containers().forEach(PodContainer::kill);
  }

  /// Ends what runs: sidecars after all others, the last one first.
  ///
  /// @return when to come back unless a process ends before
  Optional<Duration> stop(Instant now) {
    Instant deadline = killTime.orElseGet(() -> now.plus(grace));
    killTime = Optional.of(deadline);
    List<PodContainer> next =
        containers().filter(each -> !each.isSidecar() && each.isRunning()).toList();
    if (next.isEmpty()) {
      next = initial.reversed().stream().filter(PodContainer::isRunning).limit(1).toList();
    }
    if (next.isEmpty()) {
      return Optional.empty();
    }
    if (now.isBefore(deadline)) {
      next.forEach(PodContainer::terminate);
    } else {
      next.forEach(PodContainer::kill);
    }
    return Optional.of(now.isBefore(deadline) ? until(deadline, now) : Duration.ofSeconds(1));
  }

  boolean is(Pod pod) {
    return Objects.equals(uid, pod.getMetadata().getUid());
  }
}
