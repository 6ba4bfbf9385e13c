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
  Cut take(String name, BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException, InterruptedException {
    try (BackupStage stage = BackupStage.open(connector, limits.stage());
        Undo _ =
            run.stop()
                .onStop("end the backup stage", () -> stage.abandon("the run was asked to stop"));
        SnapshotWatch watch = snapshots.watch(name)) {
      try (Phase _ = run.report().phase("rehearse")) {
        rehearse(drafting.apply(stage.readState(), run.clock().instant()), watch);
      } catch (KubernetesFailure failure) {
        return notCreated(failure);
      }
      Optional<Cut> locked = acquire(stage);
      return locked.isPresent() ? locked.get() : cutUnder(stage, watch, drafting);
    }
  }

  /// Does everything once that commits would have to wait for later, and learns before the lock
  /// what the API would refuse under it.
  private void rehearse(VolumeSnapshots.Draft draft, SnapshotWatch watch) {
    snapshots.rehearse(draft);
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
      } catch (KubernetesFailure failure) {
        return notCreated(failure);
      }
      try {
        return awaitCut(stage, state, created, watch);
      } catch (InterruptedException e) {
        // Only a stop interrupts a run, and it has ended the stage before that.
        return new Cut.Missed(
            created, SnapshotReason.STAGE_LOST, stage.lost().orElse("the run was interrupted"));
      } catch (StageLostException e) {
        return new Cut.Missed(created, SnapshotReason.STAGE_LOST, String.valueOf(e.getMessage()));
      } catch (SQLException e) {
        return new Cut.Missed(
            created, SnapshotReason.STAGE_LOST, "the database did not answer: " + e.getMessage());
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

  /// An answer that got lost on the way makes the second request find the first one's object.
  private VolumeSnapshot createOrRecognise(VolumeSnapshots.Draft draft) {
    try {
      return snapshots.create(draft);
    } catch (KubernetesFailure failure) {
      return snapshots
          .find(draft.name())
          .filter(
              found -> found.annotation(SnapshotKeys.RUN_ID).filter(run.id()::equals).isPresent())
          .orElseThrow(() -> failure);
    }
  }

  private Cut awaitCut(
      BackupStage stage, BinlogState state, VolumeSnapshot created, SnapshotWatch watch)
      throws SQLException, InterruptedException {
    String lastError = "";
    @Nullable VolumeSnapshot cut = null;
    try (Phase _ = run.report().phase("cut")) {
      while (cut == null) {
        if (stage.lost().isPresent()) {
          return new Cut.Missed(
              created,
              SnapshotReason.CUT_NOT_SEEN,
              stage.lost().get() + (lastError.isEmpty() ? "" : "; the storage says: " + lastError));
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
          // An error is not final: the controller goes on trying, and so does the wait.
          case SnapshotWatch.Sight.Present(VolumeSnapshot now) ->
              lastError = now.status().error() == null ? lastError : now.status().error();
          case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) ->
              lastError = String.valueOf(failure.getMessage());
        }
      }
    }
    try (Phase _ = run.report().phase("prove")) {
      return proven(stage, state, cut);
    }
  }

  private static Cut gone(VolumeSnapshot created) {
    return new Cut.Missed(
        created, SnapshotReason.SNAPSHOT_GONE, "it was deleted while the cut was awaited");
  }

  private Cut proven(BackupStage stage, BinlogState state, VolumeSnapshot cut) throws SQLException {
    Instant seenAt = run.clock().instant();
    StageEvidence evidence = stage.prove(state);
    boolean acknowledged = true;
    try {
      stage.release();
    } catch (SQLException e) {
      acknowledged = false;
      LOG.atWarn().addKeyValue("why", e.getMessage()).log("end of the stage not acknowledged");
      stage.abandon("the end of the stage was not acknowledged");
    }
    return new Cut.Seen(
        cut, state, evidence, acknowledged, seenAt, run.clock().instant(), stage.blockedFor());
  }
}
