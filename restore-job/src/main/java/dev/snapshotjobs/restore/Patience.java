package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the API again and again until something is so. An API that does not answer for a while
/// costs time, and nothing else: what is waited for goes on without us.
record Patience(Run run) {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

  /// Restores take minutes to hours, and each look is a request or two.
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /// Waits until a look shows something.
  ///
  /// @param look empty while it is not so
  /// @return empty when the time was over
  <T> Optional<T> until(Duration atMost, Supplier<Optional<T>> look) throws InterruptedException {
    Instant end = run.clock().instant().plus(atMost);
    Optional<KubernetesFailure> last = Optional.empty();
    while (true) {
      try {
        Optional<T> seen = look.get();
        if (seen.isPresent()) {
          return seen;
        }
        last = Optional.empty();
      } catch (KubernetesFailure failure) {
        run.stop().throwIfRequested(); // it breaks what is being asked
        if (!failure.isTransient()) {
          throw failure;
        }
        if (last.isEmpty()) {
          LOG.atWarn().addKeyValue("why", failure.getMessage()).log("the API does not answer");
        }
        last = Optional.of(failure);
      }
      if (!run.clock().instant().isBefore(end)) {
        last.ifPresent(
            failure -> {
              throw failure;
            });
        return Optional.empty();
      }
      run.stop().pause(BETWEEN_LOOKS);
    }
  }
}
