package dev.snapshotjobs.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// One container of a Pod and its processes, one after the other.
final class PodContainer {

  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(200);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(2);

  private final Container spec;
  private final boolean sidecar;
  private final List<JobProcess> attempts = new CopyOnWriteArrayList<>();
  private Optional<ContainerRefusal> refusal = Optional.empty();
  private Instant notBefore = Instant.MIN;
  private boolean terminated;

  private PodContainer(Container spec, boolean sidecar) {
    this.spec = spec;
    this.sidecar = sidecar;
  }

  static PodContainer initial(Container spec) {
    return new PodContainer(spec, "Always".equals(spec.getRestartPolicy()));
  }

  static PodContainer main(Container spec) {
    return new PodContainer(spec, false);
  }

  Container spec() {
    return spec;
  }

  String name() {
    return spec.getName();
  }

  boolean isSidecar() {
    return sidecar;
  }

  /// All processes so far, the oldest first.
  List<JobProcess> attempts() {
    return List.copyOf(attempts);
  }

  int restarts() {
    return Math.max(0, attempts.size() - 1);
  }

  Optional<JobProcess> last() {
    return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast());
  }

  Optional<JobProcess.End> end() {
    return last().flatMap(JobProcess::end);
  }

  boolean isRunning() {
    return last().isPresent() && end().isEmpty();
  }

  boolean hasSucceeded() {
    return end().filter(end -> end.exitCode() == 0).isPresent();
  }

  boolean hasFailed() {
    return end().filter(end -> end.exitCode() != 0).isPresent();
  }

  /// Why there is no process that should be there.
  Optional<ContainerRefusal> refusal() {
    return refusal;
  }

  /// When the next process may be started.
  Instant due() {
    Instant afterLast =
        end().map(end -> end.time().plus(backOff(attempts.size()))).orElse(Instant.MIN);
    return afterLast.isAfter(notBefore) ? afterLast : notBefore;
  }

  private static Duration backOff(int ended) {
    Duration delay = FIRST_BACK_OFF.multipliedBy(1L << Math.min(ended - 1, 10));
    return delay.compareTo(LONGEST_BACK_OFF) < 0 ? delay : LONGEST_BACK_OFF;
  }

  void started(JobProcess process) {
    refusal = Optional.empty();
    attempts.add(process);
  }

  void refused(ContainerRefusal why, Instant now) {
    refusal = Optional.of(why);
    notBefore = now.plus(LONGEST_BACK_OFF);
  }

  /// SIGTERM, once.
  void terminate() {
    if (!terminated) {
      terminated = true;
      last().ifPresent(JobProcess::terminate);
    }
  }

  void kill() {
    last().filter(JobProcess::isRunning).ifPresent(JobProcess::kill);
  }
}
