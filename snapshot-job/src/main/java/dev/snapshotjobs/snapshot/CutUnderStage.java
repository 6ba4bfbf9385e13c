package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.job.Undo;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.mariadb.BackupStage;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.mariadb.StageEvidence;
import dev.snapshotjobs.common.mariadb.StageLostException;
import dev.snapshotjobs.common.mariadb.StageNotAcquiredException;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of a run in which commits wait: lock, position, VolumeSnapshot, cut, proof, unlock.
///
/// Nothing is retried while the stage is held, nothing is asked that can be asked later, and
/// whatever happens the stage ends first and the rest is thought about afterwards.
final class CutUnderStage {
  private static final Logger LOG = LoggerFactory.getLogger(CutUnderStage.class);

  /// How long to wait for an event before reading the object: an event may never arrive.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Run run;
  private final VolumeSnapshots snapshots;
  private final MariaDbConnector connector;
  private final SnapshotSettings.Limits limits;

  CutUnderStage(
      Run run,
      VolumeSnapshots snapshots,
      MariaDbConnector connector,
      SnapshotSettings.Limits limits) {
    this.run = run;
    this.snapshots = snapshots;
    this.connector = connector;
    this.limits = limits;
  }

  /// @param drafting makes the VolumeSnapshot from the position and the time of the lock
  /// @param hostname of the server that the snapshot is of
  Cut take(
      String name,
      String hostname,
      BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException, InterruptedException {
    try (BackupStage stage = BackupStage.open(connector, limits.stage());
        Undo _ =
            run.stop()
                .onStop("end the backup stage", () -> stage.abandon("the run was asked to stop"));
        SnapshotWatch watch = snapshots.watch(name)) {
      if (!stage.hostname().equals(hostname)) {
        return new Cut.NothingCreated(
            SnapshotReason.OTHER_SERVER,
            "the lock would be taken on '%s', the snapshot of '%s'"
                .formatted(stage.hostname(), hostname),
            "leave MARIADB_HOST out, so that the job connects to the pod's own address");
      }
      try (Phase _ = run.report().phase("rehearse")) {
        rehearse(drafting.apply(stage.readState(), run.clock().instant()), watch);
      } catch (KubernetesFailure failure) {
        return notCreated(failure);
      }
      return locked(stage, watch, drafting);
    }
  }

  private Cut locked(
      BackupStage stage,
      SnapshotWatch watch,
      BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException, InterruptedException {
    try {
      Optional<Cut> notGranted = acquire(stage);
      return notGranted.isPresent() ? notGranted.get() : cutUnder(stage, watch, drafting);
    } catch (StageLostException e) {
      run.stop().throwIfRequested();
      return new Cut.NothingCreated(
          SnapshotReason.STAGE_LOST,
          String.valueOf(e.getMessage()),
          "run again; if it happens again, look at the server's error log of that moment");
    }
  }

  /// Does everything once that commits would have to wait for later, and learns before the lock
  /// what the API would refuse under it.
  private void rehearse(VolumeSnapshots.Draft draft, SnapshotWatch watch) {
    snapshots.rehearse(draft);
    // Nobody has this name; what counts is that the right to read contents is not missed later.
    snapshots.findContent("snapcontent-of-" + draft.name());
    watch.open();
  }

  /// Empty when the stage is held.
  private Optional<Cut> acquire(BackupStage stage) throws SQLException, InterruptedException {
    try (Phase _ = run.report().phase("acquire")) {
      for (int attempt = 1; ; attempt++) {
        run.stop().throwIfRequested();
        try {
          stage.acquire();
          return Optional.empty();
        } catch (StageNotAcquiredException e) {
          if (attempt == limits.lockAttempts()) {
            return Optional.of(
                new Cut.NothingCreated(
                    SnapshotReason.LOCK_NOT_ACQUIRED,
                    e.getMessage() + " (" + attempt + " attempts)",
                    "end the long statements or run again when they have ended; LOCK_WAIT and"
                        + " LOCK_ATTEMPTS give it more time"));
          }
          LOG.atWarn()
              .addKeyValue("attempt", attempt)
              .addKeyValue("why", e.getMessage())
              .log("backup stage not granted, trying again");
          run.stop().pause(limits.pauseAfter(attempt));
        }
      }
    }
  }

  private Cut cutUnder(
      BackupStage stage,
      SnapshotWatch watch,
      BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException {
    try (Phase _ = run.report().phase("hold")) {
      Instant acquiredAt = run.clock().instant();
      BinlogState state;
      try (Phase _ = run.report().phase("flush")) {
        state = stage.flushAndReadState();
      }
      VolumeSnapshot created;
      try (Phase _ = run.report().phase("create")) {
        created = createOrRecognise(drafting.apply(state, acquiredAt));
        run.report().object(Conclusions.reference(created));
      } catch (KubernetesFailure failure) {
        return notCreated(failure);
      }
      try {
        return awaitCut(stage, state, created, watch);
      } catch (InterruptedException e) {
        // Only a stop interrupts a run, and it has ended the stage before that.
        return new Cut.Missed(created, SnapshotReason.STAGE_LOST, "the run was asked to stop");
      }
    }
  }

  private static Cut notCreated(KubernetesFailure failure) {
    return new Cut.NothingCreated(
        failure.isConflict() ? SnapshotReason.NAME_TAKEN : SnapshotReason.CLUSTER_UNREACHABLE,
        String.valueOf(failure.getMessage()),
        failure.isTransient()
            ? "run again; what this run may have left is removed by then"
            : "look at the API's answer: quota, admission, or the rights of the service account");
  }

  /// What is there already under this name may be this run's own, if a proxy sent the request
  /// twice. After any other failure the stage must end first; whether there is an object is asked
  /// then.
  private VolumeSnapshot createOrRecognise(VolumeSnapshots.Draft draft) {
    try {
      return snapshots.create(draft);
    } catch (KubernetesFailure failure) {
      if (!failure.isConflict()) {
        throw failure;
      }
      return snapshots
          .find(draft.name())
          .filter(
              found -> found.annotation(SnapshotKeys.RUN_ID).filter(run.id()::equals).isPresent())
          .orElseThrow(() -> failure);
    }
  }

  private Cut awaitCut(
      BackupStage stage, BinlogState state, VolumeSnapshot created, SnapshotWatch watch)
      throws InterruptedException {
    String silence = "";
    @Nullable VolumeSnapshot cut = null;
    try (Phase _ = run.report().phase("cut")) {
      while (cut == null) {
        if (stage.lost().isPresent()) {
          return lostBeforeTheCut(created, stage.lost().get(), silence);
        }
        switch (watch.look(LOOK_AGAIN)) {
          case SnapshotWatch.Sight.Present(VolumeSnapshot now)
              when !now.uid().equals(created.uid()) || now.beingDeleted() -> {
            return gone(created);
          }
          case SnapshotWatch.Sight.Gone() -> {
            return gone(created);
          }
          case SnapshotWatch.Sight.Present(VolumeSnapshot now) when now.isCut() -> cut = now;
          // The controller would try again, in a second or in minutes; commits shall not wait for
          // it.
          case SnapshotWatch.Sight.Present(VolumeSnapshot now)
              when now.status().error() != null -> {
            return new Cut.Missed(
                created, SnapshotReason.CUT_FAILED, "the storage says: " + now.status().error());
          }
          case SnapshotWatch.Sight.Present(VolumeSnapshot _) ->
              silence = "the storage has not answered";
          case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) ->
              silence = String.valueOf(failure.getMessage());
        }
      }
    }
    try (Phase _ = run.report().phase("prove")) {
      return proven(stage, state, cut);
    }
  }

  private static Cut lostBeforeTheCut(
      VolumeSnapshot created, BackupStage.Loss loss, String silence) {
    return switch (loss.cause()) {
      case BUDGET ->
          new Cut.Missed(
              created,
              SnapshotReason.CUT_NOT_SEEN,
              loss.why() + (silence.isEmpty() ? "" : "; " + silence));
      case SESSION, ABANDONED -> new Cut.Missed(created, SnapshotReason.STAGE_LOST, loss.why());
    };
  }

  private static Cut gone(VolumeSnapshot created) {
    return new Cut.Missed(
        created, SnapshotReason.SNAPSHOT_GONE, "it was deleted while the cut was awaited");
  }

  /// From here on there is a cut. A server that cannot be asked any more makes it unproven.
  private Cut proven(BackupStage stage, BinlogState state, VolumeSnapshot cut) {
    Instant seenAt = run.clock().instant();
    Optional<StageEvidence> evidence = Optional.empty();
    boolean acknowledged = false;
    try {
      evidence = Optional.of(stage.prove(state));
      stage.release();
      acknowledged = true;
    } catch (SQLException e) {
      LOG.atWarn().addKeyValue("why", e.getMessage()).log("the stage is not proven to the end");
      stage.abandon("the stage could not be proven to the end");
    }
    return new Cut.Seen(
        cut, state, evidence, acknowledged, seenAt, run.clock().instant(), stage.blockedFor());
  }
}
