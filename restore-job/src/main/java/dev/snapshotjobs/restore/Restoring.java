package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.report.ObjectRef;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.restore.Preparation.Prepared;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries a restore out: a volume from the snapshot, a Job that works on it, and again with
/// another copy where one has become worthless. What an earlier run has made is found again by its
/// name and gone on with, so it may die at any moment.
final class Restoring {
  private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);

  private final RestoreObjects objects;
  private final BaseSnapshots snapshots;
  private final JobWatch watch;
  private final Patience patience;
  private final Run run;

  Restoring(RestoreObjects objects, BaseSnapshots snapshots, Patience patience, Run run) {
    this.objects = objects;
    this.snapshots = snapshots;
    this.patience = patience;
    this.run = run;
    this.watch = new JobWatch(objects, patience, run);
  }

  /// A volume that is ready.
  ///
  /// @param byThisRun whether it was not so before
  /// @param message what the last step has said; empty if an earlier run heard it
  record Restored(PersistentVolumeClaim claim, boolean byThisRun, String message) {}

  Restored restore(Prepared prepared) throws InterruptedException {
    RestoreSettings.Limits limits = prepared.job().settings().limits();
    int attempt = clearAway(prepared);
    while (true) {
      PersistentVolumeClaim claim = claim(prepared, attempt);
      if (isReady(claim)) {
        return new Restored(claim, false, "");
      }
      int copy = attemptOf(claim);
      Job job = job(prepared, claim);
      JobState end;
      try (Phase _ = run.report().phase("restore")) {
        end = watch.await(job, claim, limits);
      }
      switch (end) {
        case JobState.Complete(ContainerEnd replay, List<String> warnings) -> {
          warnings.forEach(run.report()::warn);
          return new Restored(finished(claim, prepared.restore(), replay), true, replay.message());
        }
        case JobState.Refused(ContainerEnd by) -> {
          remove(job);
          throw refused(by);
        }
        case JobState.Failed(String why) -> throw failed(why);
        case JobState.Worthless(String why) when copy >= limits.attempts() ->
            throw exhausted(copy, why);
        case JobState.Worthless(String why) -> {
          run.report().warn("copy %d came to nothing: %s".formatted(copy, why));
          discard(job, claim);
          attempt = copy + 1;
        }
        case JobState.Working _ -> throw new IllegalStateException("it was not waited for");
      }
    }
  }

  /// What an earlier run has left that has come to its end without success.
  ///
  /// @return which copy the next one is
  private int clearAway(Prepared prepared) throws InterruptedException {
    Optional<Job> job = objects.job(prepared.restore().id());
    Optional<PersistentVolumeClaim> claim = objects.claim(prepared.restore().id());
    Preparation.requireOwn(prepared.restore(), job); // it may have come since the preparation
    Preparation.requireOwn(prepared.restore(), claim);
    if (claim.filter(found -> isOfOtherClass(found, prepared)).isPresent()) {
      if (job.isPresent()) {
        remove(job.get());
      }
      remove(claim.get());
      return attemptOf(claim.get());
    }
    if (job.isEmpty() || claim.filter(Restoring::isReady).isPresent()) {
      return 1;
    }
    boolean useless = // a claim goes when nobody mounts it any more
        claim.isEmpty() || claim.get().isMarkedForDeletion() || !isOf(job.get(), claim.get());
    if (useless) {
      remove(job.get());
      return claim.map(Restoring::attemptOf).orElse(1);
    }
    int attempt = attemptOf(claim.get());
    return switch (JobState.of(job.get(), objects.podsOf(job.get()))) {
      case JobState.Working(boolean started, _) -> {
        // Two runs at once with other settings would take each other's Job away, again and again.
        if (!isOfSameJob(claim.get(), prepared) && !isAsWanted(job.get(), prepared)) {
          keepOrReplace(job.get(), started);
        }
        yield attempt;
      }
      case JobState.Complete _ -> attempt;
      case JobState.Refused _ -> { // settings may be others now
        remove(job.get());
        yield attempt;
      }
      case JobState.Worthless(String why) -> {
        boolean exhausted = attempt >= prepared.job().settings().limits().attempts();
        if (exhausted && isOfSameJob(claim.get(), prepared)) {
          throw exhausted(attempt, why); // the next pod of a Job is no new wish
        }
        discard(job.get(), claim.get());
        yield exhausted ? 1 : attempt + 1;
      }
      case JobState.Failed(String why) -> {
        LOG.atInfo().addKeyValue("why", why).log("an earlier run has failed, beginning anew");
        discard(job.get(), claim.get());
        yield 1;
      }
    };
  }

  private static JobException exhausted(int copies, String why) {
    return JobException.failed(
        RestoreReason.ATTEMPTS_EXHAUSTED,
        "copy %1$d of %1$d came to nothing as the others did: %2$s".formatted(copies, why),
        "see what is said of the server; one that lacks memory needs a larger --server-memory."
            + " Another run begins anew");
  }

  private static boolean isOfSameJob(PersistentVolumeClaim claim, Prepared prepared) {
    String startedBy = prepared.claim().startedBy();
    return startedBy != null && startedBy.equals(annotations(claim).get(RestoreKeys.STARTED_BY));
  }

  /// Whether images, arguments and memory are those that this run would give it.
  private boolean isAsWanted(Job job, Prepared prepared) {
    String claim = annotations(job).getOrDefault(RestoreKeys.CLAIM_UID, "");
    return likeness(job).equals(likeness(prepared.job().job(objects.namespace(), claim)));
  }

  private static List<List<Object>> likeness(Job job) {
    PodSpec pod = job.getSpec().getTemplate().getSpec();
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
        .map(
            container ->
                List.<Object>of(
                    container.getName(),
                    String.valueOf(container.getImage()),
                    container.getArgs(),
                    Objects.requireNonNullElseGet(
                        container.getResources(), ResourceRequirements::new)))
        .toList();
  }

  /// Settings of now are of use to one that waits in vain, and none to one that is at work.
  private void keepOrReplace(Job job, boolean started) throws InterruptedException {
    if (started) {
      run.report()
          .warn(
              "Job %s goes on as an earlier run has made it, with other images, arguments or memory than were asked for now"
                  .formatted(job.getMetadata().getName()));
    } else {
      LOG.atInfo()
          .addKeyValue("object.name", job.getMetadata().getName())
          .log("job made anew with other settings");
      remove(job);
    }
  }

  private PersistentVolumeClaim claim(Prepared prepared, int attempt) throws InterruptedException {
    Restore restore = prepared.restore();
    Optional<PersistentVolumeClaim> found = objects.claim(restore.id());
    if (found.isPresent() && found.get().isMarkedForDeletion()) {
      awaitGone(found.get());
      found = Optional.empty();
    }
    PersistentVolumeClaim claim;
    if (found.isPresent()) {
      claim = found.get();
      LOG.atInfo().addKeyValue("object.name", restore.id()).log("claim adopted");
    } else {
      String snapshot;
      try (Phase _ = run.report().phase("snapshot")) {
        snapshot = snapshots.ready(restore, prepared.job().settings().limits().start());
      }
      claim = objects.create(prepared.claim().claim(snapshot, attempt));
      LOG.atInfo()
          .addKeyValue("object.name", restore.id())
          .addKeyValue("snapshot", snapshot)
          .addKeyValue("attempt", attempt)
          .log("claim created");
    }
    Preparation.requireOwn(restore, Optional.of(claim));
    run.report().object(reference(claim));
    return claim;
  }

  private Job job(Prepared prepared, PersistentVolumeClaim claim) {
    String id = prepared.restore().id();
    Optional<Job> found = objects.job(id);
    Job job =
        found.orElseGet(
            () ->
                objects.create(
                    prepared.job().job(objects.namespace(), claim.getMetadata().getUid())));
    Preparation.requireOwn(prepared.restore(), Optional.of(job));
    if (!isOf(job, claim)) {
      throw Refusals.foreign("Job", id);
    }
    run.report().object(reference(job));
    LOG.atInfo()
        .addKeyValue("object.name", id)
        .log(found.isPresent() ? "job adopted" : "job created");
    return job;
  }

  private static boolean isOf(Job job, PersistentVolumeClaim claim) {
    return claim.getMetadata().getUid().equals(annotations(job).get(RestoreKeys.CLAIM_UID));
  }

  /// From here on it may be used.
  private PersistentVolumeClaim finished(
      PersistentVolumeClaim claim, Restore restore, ContainerEnd replay) {
    Map<String, String> annotations = new TreeMap<>(restore.annotations());
    replay.positions().forEach(run.report()::position);
    copy(replay, "gtid_reached", annotations, RestoreKeys.GTID_REACHED);
    copy(replay, "gtid_binlog_state", annotations, RestoreKeys.GTID_BINLOG_STATE);
    annotations.put(RestoreKeys.FINISHED_AT, run.clock().instant().toString());
    return objects.mark(claim, Map.of(RestoreKeys.RESTORED, RestoreKeys.READY), annotations);
  }

  private static void copy(
      ContainerEnd replay, String position, Map<String, String> annotations, String key) {
    String value = replay.positions().get(position);
    if (value != null) {
      annotations.put(key, value);
    }
  }

  /// The class is the first thing to change when no volume comes; a claim keeps the one that it
  /// has.
  private static boolean isOfOtherClass(PersistentVolumeClaim claim, Prepared prepared) {
    boolean bound = claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
    String wanted = prepared.claim().storageClass();
    return !bound
        && !isReady(claim)
        && wanted != null
        && !wanted.equals(claim.getSpec().getStorageClassName());
  }

  private void discard(Job job, PersistentVolumeClaim claim) throws InterruptedException {
    remove(job);
    remove(claim);
  }

  private void remove(PersistentVolumeClaim claim) throws InterruptedException {
    objects.delete(claim);
    awaitGone(claim);
    run.report().gone(reference(claim));
    LOG.atInfo()
        .addKeyValue("object.name", claim.getMetadata().getName())
        .addKeyValue("object.uid", claim.getMetadata().getUid())
        .log("worthless copy removed");
  }

  /// With its pods: two servers on one volume would end both.
  private void remove(Job job) throws InterruptedException {
    objects.delete(job);
    awaitGone(
        "Job " + job.getMetadata().getName() + " and its pods",
        () ->
            objects.job(job.getMetadata().getName()).filter(found -> isSame(found, job)).isEmpty()
                && objects.podsOf(job).isEmpty());
    run.report().gone(reference(job));
  }

  private void awaitGone(PersistentVolumeClaim claim) throws InterruptedException {
    String name = claim.getMetadata().getName();
    awaitGone(
        "PersistentVolumeClaim " + name,
        () -> objects.claim(name).filter(found -> isSame(found, claim)).isEmpty());
  }

  private static boolean isSame(HasMetadata one, HasMetadata other) {
    return Objects.equals(one.getMetadata().getUid(), other.getMetadata().getUid());
  }

  private void awaitGone(String what, BooleanSupplier gone) throws InterruptedException {
    try (Phase _ = run.report().phase("remove")) {
      Optional<Boolean> seen =
          patience.until(
              JobWatch.REMOVAL,
              () -> gone.getAsBoolean() ? Optional.of(true) : Optional.<Boolean>empty());
      if (seen.isEmpty()) {
        throw failed(
            "%s was asked to go and is still there after %s"
                .formatted(what, DurationConverter.format(JobWatch.REMOVAL)));
      }
    }
  }

  private static JobException refused(ContainerEnd by) {
    String nextStep =
        by.nextStep().isEmpty() ? "see the log of this run for what was said" : by.nextStep();
    return by.exit() == ExitCode.REFUSED.code()
        ? JobException.refused(RestoreReason.RESTORE_REFUSED, by.words(), nextStep)
        : JobException.misconfigured(RestoreReason.RESTORE_REFUSED, by.words(), nextStep);
  }

  private static JobException failed(String why) {
    return JobException.failed(
        RestoreReason.RESTORE_FAILED,
        why,
        "look at the Job and the logs of its pod while they are there: another run removes them and"
            + " begins anew");
  }

  static boolean isReady(PersistentVolumeClaim claim) {
    return !claim.isMarkedForDeletion()
        && RestoreKeys.READY.equals(labels(claim).get(RestoreKeys.RESTORED));
  }

  private static int attemptOf(PersistentVolumeClaim claim) {
    String text = annotations(claim).getOrDefault(RestoreKeys.ATTEMPT, "1");
    return text.matches("\\d{1,4}") ? Integer.parseInt(text) : 1;
  }

  private static Map<String, String> labels(HasMetadata object) {
    return Objects.requireNonNullElse(object.getMetadata().getLabels(), new HashMap<>());
  }

  private static Map<String, String> annotations(HasMetadata object) {
    return Objects.requireNonNullElse(object.getMetadata().getAnnotations(), new HashMap<>());
  }

  static ObjectRef reference(HasMetadata object) {
    return new ObjectRef(
        object.getKind(),
        object.getMetadata().getNamespace(),
        object.getMetadata().getName(),
        object.getMetadata().getUid());
  }

  /// The last of what was told of objects, for an error.
  static String lastEvents(List<String> events) {
    return events.isEmpty()
        ? "no Event says why"
        : String.join("; ", events.subList(Math.max(0, events.size() - 3), events.size()));
  }
}
