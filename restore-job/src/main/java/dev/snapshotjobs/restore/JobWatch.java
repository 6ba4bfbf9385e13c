package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches a restore's Job to its end.
final class JobWatch {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);

  /// A server may take its whole time of grace to shut down; volumes are detached after that.
  static final Duration REMOVAL = Duration.ofMinutes(20);

  /// Beyond the Job's own deadline, for its pods to end and to be told of.
  private static final Duration AFTER_DEADLINE = Duration.ofMinutes(20);

  private final RestoreObjects objects;
  private final Patience patience;
  private final Run run;
  private String told = "";
  private List<Pod> lastPods = List.of();

  /// Since when it has waited for volume, node or image; null while it does not.
  private @Nullable Instant waitsSince;

  JobWatch(RestoreObjects objects, Patience patience, Run run) {
    this.objects = objects;
    this.patience = patience;
    this.run = run;
  }

  /// Ends the run if volume and server do not come up in time; all objects stay then.
  JobState await(Job job, PersistentVolumeClaim claim, RestoreSettings.Limits limits)
      throws InterruptedException {
    lastPods = List.of();
    waitsSince = null;
    return patience
        .until(
            limits.start().plus(limits.attempt()).plus(AFTER_DEADLINE),
            () -> look(job, claim, limits.start()))
        .orElseGet(() -> new JobState.Failed("the Job has not ended by its deadline"));
  }

  private Optional<JobState> look(Job job, PersistentVolumeClaim claim, Duration start) {
    String name = job.getMetadata().getName();
    Optional<Job> now =
        objects
            .job(name)
            .filter(found -> found.getMetadata().getUid().equals(job.getMetadata().getUid()))
            .filter(found -> !found.isMarkedForDeletion());
    if (now.isEmpty()) {
      return Optional.of(new JobState.Failed("Job " + name + " was deleted by someone else"));
    }
    List<Pod> pods = objects.podsOf(now.get());
    // A Job that is given up takes its pods along, and with them what they have said.
    lastPods = pods.isEmpty() ? lastPods : pods;
    JobState state = JobState.of(now.get(), lastPods);
    if (!(state instanceof JobState.Working(boolean started, String words))) {
      return Optional.of(state);
    }
    tell(words);
    if (!started && hasWaited(start)) {
      List<HasMetadata> all = new ArrayList<>(List.of(claim, job));
      all.addAll(pods);
      throw JobException.failed(
          RestoreReason.NOT_STARTED,
          "volume and server did not come up within %s: %s; %s"
              .formatted(
                  DurationConverter.format(start),
                  words,
                  Restoring.lastEvents(objects.eventsAbout(all))),
          "when that is put right, run again: it goes on with what is there; an image that cannot be"
              + " pulled is replaced by --server-image");
    }
    waitsSince = started ? null : waitsSince;
    return Optional.empty();
  }

  private boolean hasWaited(Duration atMost) {
    Instant now = run.clock().instant();
    if (waitsSince == null) {
      waitsSince = now;
    }
    return !now.isBefore(waitsSince.plus(atMost));
  }

  private void tell(String words) {
    if (!words.equals(told)) {
      told = words;
      LOG.atInfo().addKeyValue("state", words).log("restore goes on");
    }
  }
}
