package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.report.Phase;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts a server on a restored volume that clients can be sent to.
record Serving(RestoreObjects objects, Patience patience, Run run) {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

  /// Whether the StatefulSet was not there before.
  boolean serve(ServingDraft draft, Duration atMost) throws InterruptedException {
    try (Phase _ = run.report().phase("serve")) {
      Optional<StatefulSet> found = objects.statefulSet(draft.name());
      Service service =
          objects
              .service(draft.name())
              .orElseGet(() -> objects.create(draft.service(objects.namespace())));
      StatefulSet set =
          found.orElseGet(() -> objects.create(draft.statefulSet(objects.namespace())));
      draft.requireOwn(service);
      draft.requireOwn(set);
      run.report().object(Restoring.reference(service));
      run.report().object(Restoring.reference(set));
      boolean there = found.isPresent();
      LOG.atInfo()
          .addKeyValue("object.name", draft.name())
          .log(there ? "server adopted" : "server created");
      Optional<StatefulSet> ready =
          patience.until(atMost, () -> objects.statefulSet(draft.name()).filter(Serving::isReady));
      if (ready.isEmpty()) {
        throw notReady(draft, atMost);
      }
      return !there;
    }
  }

  private static boolean isReady(StatefulSet set) {
    return set.getStatus() != null
        && Objects.requireNonNullElse(set.getStatus().getReadyReplicas(), 0) > 0;
  }

  private JobException notReady(ServingDraft draft, Duration atMost) {
    List<String> events =
        Optional.of(draft.name() + "-0")
            .flatMap(objects::pod)
            .map(pod -> objects.eventsAbout(List.of(pod)))
            .orElse(List.of());
    return JobException.failed(
        RestoreReason.SERVER_NOT_READY,
        "the data are restored, but the server of StatefulSet %s was not ready within %s: %s"
            .formatted(
                draft.name(), DurationConverter.format(atMost), Restoring.lastEvents(events)),
        "look at the log of pod %s-0".formatted(draft.name()));
  }
}
