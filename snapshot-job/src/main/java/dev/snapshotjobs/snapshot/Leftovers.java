package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.SnapshotWatch;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.kube.VolumeSnapshots.ChangedMeanwhileException;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes VolumeSnapshots that are worthless: marked first, so that one which the storage still
/// finishes can never be taken for good, then deleted, its storage freed.
///
/// What fails here is a warning: the mark, or the lack of any other, is what keeps it harmless, and
/// every run tries again.
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final Duration UNTIL_GONE = Duration.ofSeconds(10);

  /// A controller that works needs far less for it.
  private static final Duration UNTIL_BOUND = Duration.ofSeconds(5);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final Run run;
  private final VolumeSnapshots snapshots;

  Leftovers(Run run, VolumeSnapshots snapshots) {
    this.run = run;
    this.snapshots = snapshots;
  }

  void abort(VolumeSnapshot snapshot, String why) throws InterruptedException {
    try {
      VolumeSnapshot marked =
          snapshots.mark(
              snapshot,
              now ->
                  SnapshotState.isOneOf(now.labels(), SnapshotState.PENDING, SnapshotState.ABORTED),
              Map.of(SnapshotKeys.STATE, SnapshotState.ABORTED.label()),
              Map.of(SnapshotKeys.REASON, why));
      contentOf(marked)
          .filter(content -> !content.deletionPolicy().equals("Delete"))
          .ifPresent(snapshots::freeWithObject);
      snapshots.delete(marked);
      // One that hangs already has had its time, and a run that shall stop has none.
      if (!snapshot.beingDeleted() && !run.stop().requested() && awaitGone(marked)) {
        run.report().gone(Conclusions.reference(marked));
        LOG.atInfo()
            .addKeyValue("volume_snapshot", marked.name())
            .addKeyValue("why", why)
            .log("aborted snapshot removed");
      } else {
        run.report()
            .warn(
                "VolumeSnapshot %s is aborted and still being deleted; the next run looks again"
                    .formatted(marked.name()));
      }
    } catch (ChangedMeanwhileException e) {
      LOG.atInfo().addKeyValue("why", e.getMessage()).log("leftover is none any more");
    } catch (KubernetesFailure failure) {
      run.report()
          .warn(
              "VolumeSnapshot %s could not be removed, the next run tries again: %s"
                  .formatted(snapshot.name(), failure.getMessage()));
    }
  }

  /// Removes what this very run may have created without having learnt of it.
  void abortOwn(String name) throws InterruptedException {
    Optional<VolumeSnapshot> own;
    try {
      own =
          snapshots
              .find(name)
              .filter(s -> s.annotation(SnapshotKeys.RUN_ID).filter(run.id()::equals).isPresent());
    } catch (KubernetesFailure failure) {
      run.report()
          .warn(
              "It is not known whether VolumeSnapshot %s exists; if so the next run removes it: %s"
                  .formatted(name, failure.getMessage()));
      return;
    }
    if (own.isPresent()) {
      abort(own.get(), "the answer to its creation was lost");
    }
  }

  /// Removed while the controller is about to make its content, a VolumeSnapshot would leave one
  /// that belongs to nothing, and nobody would free it. So that is waited for first.
  private Optional<VolumeSnapshotContent> contentOf(VolumeSnapshot snapshot)
      throws InterruptedException {
    Optional<VolumeSnapshotContent> content = snapshots.findContentOf(snapshot);
    if (content.isPresent()
        || snapshot.beingDeleted()
        || snapshot.status().boundContentName() != null) {
      return content;
    }
    await(
        snapshot,
        UNTIL_BOUND,
        sight ->
            switch (sight.of(snapshot)) {
              case SnapshotWatch.Sight.Gone() -> true;
              case SnapshotWatch.Sight.Present(VolumeSnapshot now) ->
                  now.status().boundContentName() != null;
              case SnapshotWatch.Sight.Unknown _ -> false;
            });
    return snapshots.findContentOf(snapshot);
  }

  private boolean awaitGone(VolumeSnapshot snapshot) throws InterruptedException {
    return await(
        snapshot,
        UNTIL_GONE,
        sight ->
            switch (sight) {
              case SnapshotWatch.Sight.Gone() -> true;
              case SnapshotWatch.Sight.Present(VolumeSnapshot now) ->
                  !now.uid().equals(snapshot.uid());
              case SnapshotWatch.Sight.Unknown _ -> false;
            });
  }

  /// Whether it was seen in time.
  private boolean await(
      VolumeSnapshot snapshot, Duration atMost, Predicate<SnapshotWatch.Sight> expected)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    try (SnapshotWatch watch = snapshots.watch(snapshot.name())) {
      while (System.nanoTime() < deadline) {
        if (expected.test(watch.look(LOOK_AGAIN))) {
          return true;
        }
      }
    }
    return false;
  }
}
