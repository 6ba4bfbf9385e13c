package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.job.Undo;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.mariadb.BinlogState;
import dev.snapshotjobs.common.mariadb.CommitLock;
import dev.snapshotjobs.common.mariadb.LockEvidence;
import dev.snapshotjobs.common.mariadb.LockKind;
import dev.snapshotjobs.common.mariadb.LockLostException;
import dev.snapshotjobs.common.mariadb.LockNotAcquiredException;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.report.Phase;
import dev.snapshotjobs.common.snapshot.ReleasePoint;
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
/// Nothing is retried while the lock is held, nothing is asked that can be asked later, and
/// whatever happens the lock ends first and the rest is thought about afterwards.
final class CutUnderLock {
  private static final Logger LOG = LoggerFactory.getLogger(CutUnderLock.class);

  /// How long to wait for an event before reading the object: an event may never arrive.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  /// What to lock, by which rules, and when the storage lets it end.
  record Terms(LockKind kind, SnapshotSettings.Limits limits, ReleasePoint releaseAt) {}

  private final Run run;
  private final VolumeSnapshots snapshots;
  private final MariaDbConnector connector;
  private final Terms terms;
  private final Creation creation;

  CutUnderLock(Run run, VolumeSnapshots snapshots, MariaDbConnector connector, Terms terms) {
    this.run = run;
    this.snapshots = snapshots;
    this.connector = connector;
    this.terms = terms;
    this.creation = new Creation(snapshots, run.id());
  }

  /// @param drafting makes the VolumeSnapshot from the position and the time of the lock
  /// @param hostname of the server that the snapshot is of
  Cut take(
      String name,
      String hostname,
      BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException, InterruptedException {
    try (CommitLock lock = CommitLock.open(connector, terms.kind(), terms.limits().lock());
        Undo _ =
            run.stop().onStop("end the lock", () -> lock.abandon("the run was asked to stop"));
        SnapshotWatch watch = snapshots.watch(name)) {
      if (!lock.hostname().equals(hostname)) {
        return new Cut.NothingCreated(
            SnapshotReason.OTHER_SERVER,
            "the lock would be taken on '%s', the snapshot of '%s'"
                .formatted(lock.hostname(), hostname),
            "leave MARIADB_HOST out, so that the job connects to the pod's own address");
      }
      try (Phase _ = run.report().phase("rehearse")) {
        creation.rehearse(drafting.apply(lock.readState(), run.clock().instant()), watch);
      } catch (KubernetesFailure failure) {
        return Creation.refused(failure);
      }
      return locked(lock, watch, drafting);
    }
  }

  private Cut locked(
      CommitLock lock,
      SnapshotWatch watch,
      BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException, InterruptedException {
    try {
      Optional<Cut> notGranted = acquire(lock);
      return notGranted.isPresent() ? notGranted.get() : cutUnder(lock, watch, drafting);
    } catch (LockLostException e) {
      run.stop().throwIfRequested();
      return new Cut.NothingCreated(
          SnapshotReason.LOCK_LOST,
          String.valueOf(e.getMessage()),
          "run again; if it happens again, look at the server's error log of that moment");
    }
  }

  /// Empty when the lock is held.
  private Optional<Cut> acquire(CommitLock lock) throws SQLException, InterruptedException {
    try (Phase _ = run.report().phase("acquire")) {
      for (int attempt = 1; ; attempt++) {
        run.stop().throwIfRequested();
        try {
          lock.acquire();
          return Optional.empty();
        } catch (LockNotAcquiredException e) {
          if (attempt == terms.limits().lockAttempts()) {
            return Optional.of(
                new Cut.NothingCreated(
                    SnapshotReason.LOCK_NOT_ACQUIRED,
                    e.getMessage() + " (" + attempt + " attempts)",
                    "end what holds it off, or run again when that has ended; LOCK_WAIT and"
                        + " LOCK_ATTEMPTS give it more time"));
          }
          LOG.atWarn()
              .addKeyValue("attempt", attempt)
              .addKeyValue("why", e.getMessage())
              .log("lock not granted, trying again");
          run.stop().pause(terms.limits().pauseAfter(attempt));
        }
      }
    }
  }

  private Cut cutUnder(
      CommitLock lock,
      SnapshotWatch watch,
      BiFunction<BinlogState, Instant, VolumeSnapshots.Draft> drafting)
      throws SQLException {
    try (Phase _ = run.report().phase("hold")) {
      Instant acquiredAt = run.clock().instant();
      BinlogState state;
      try (Phase _ = run.report().phase("flush")) {
        state = lock.flushAndReadState();
      }
      VolumeSnapshot created;
      try (Phase _ = run.report().phase("create")) {
        created = creation.createOrRecognise(drafting.apply(state, acquiredAt));
        run.report().object(Conclusions.reference(created));
      } catch (KubernetesFailure failure) {
        return Creation.refused(failure);
      }
      try {
        return awaitCut(lock, state, created, watch);
      } catch (InterruptedException e) {
        // Only a stop interrupts a run, and it has ended the lock before that.
        return new Cut.Missed(created, SnapshotReason.LOCK_LOST, "the run was asked to stop");
      }
    }
  }

  private Cut awaitCut(
      CommitLock lock, BinlogState state, VolumeSnapshot created, SnapshotWatch watch)
      throws InterruptedException {
    String silence = "";
    @Nullable VolumeSnapshot cut = null;
    try (Phase _ = run.report().phase("cut")) {
      while (cut == null) {
        if (lock.lost().isPresent()) {
          return lostBeforeTheCut(created, lock.lost().get(), silence);
        }
        switch (watch.look(LOOK_AGAIN).of(created)) {
          case SnapshotWatch.Sight.Gone() -> {
            return gone(created);
          }
          case SnapshotWatch.Sight.Present(VolumeSnapshot now) when isReleased(now) -> cut = now;
          // The controller would try again, in a second or in minutes; commits shall not wait for
          // it.
          case SnapshotWatch.Sight.Present(VolumeSnapshot now)
              when now.status().error() != null && !now.isCut() -> {
            return new Cut.Missed(created, SnapshotReason.CUT_FAILED, Creation.news(now));
          }
          case SnapshotWatch.Sight.Present(VolumeSnapshot now) -> silence = silenceOf(now);
          case SnapshotWatch.Sight.Unknown(KubernetesFailure failure) ->
              silence = String.valueOf(failure.getMessage());
        }
      }
    }
    try (Phase _ = run.report().phase("prove")) {
      return proven(lock, state, cut);
    }
  }

  private boolean isReleased(VolumeSnapshot now) {
    return switch (terms.releaseAt()) {
      case CUT -> now.isCut();
      case READY -> now.isCut() && now.status().readyToUse();
    };
  }

  private static String silenceOf(VolumeSnapshot now) {
    return now.isCut()
        ? "it is cut and not ready yet: RELEASE_AT=cut would have let commits go on"
        : Creation.news(now);
  }

  private static Cut lostBeforeTheCut(
      VolumeSnapshot created, CommitLock.Loss loss, String silence) {
    return switch (loss.cause()) {
      case BUDGET ->
          new Cut.Missed(
              created,
              SnapshotReason.CUT_NOT_SEEN,
              loss.why() + (silence.isEmpty() ? "" : "; " + silence));
      case SESSION, ABANDONED -> new Cut.Missed(created, SnapshotReason.LOCK_LOST, loss.why());
    };
  }

  private static Cut gone(VolumeSnapshot created) {
    return new Cut.Missed(
        created, SnapshotReason.SNAPSHOT_GONE, "it was deleted while the cut was awaited");
  }

  /// From here on there is a cut. A server that cannot be asked any more makes it unproven.
  private Cut proven(CommitLock lock, BinlogState state, VolumeSnapshot cut) {
    Instant seenAt = run.clock().instant();
    Optional<LockEvidence> evidence = Optional.empty();
    boolean acknowledged = false;
    try {
      evidence = Optional.of(lock.prove(state));
      lock.release();
      acknowledged = true;
    } catch (SQLException e) {
      LOG.atWarn().addKeyValue("why", e.getMessage()).log("the lock is not proven to the end");
      lock.abandon("the lock could not be proven to the end");
    }
    var release = new Cut.Release(run.clock().instant(), lock.blockedFor());
    return new Cut.UnderLock(cut, state, evidence, acknowledged, seenAt, release);
  }
}
