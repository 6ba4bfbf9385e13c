package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.job.StoppedException;
import dev.snapshotjobs.common.kube.InstanceLease;
import dev.snapshotjobs.common.kube.KubernetesFailure;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshotContent;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.common.kube.VolumeSnapshots.ChangedMeanwhileException;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts a verdict on the VolumeSnapshot and its content. The proof exists only in this process
/// until that is done, so it is worth some patience with the API.
final class VerdictRecord {
  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private final Run run;
  private final VolumeSnapshots snapshots;
  private final InstanceLease lease;

  VerdictRecord(Run run, VolumeSnapshots snapshots, InstanceLease lease) {
    this.run = run;
    this.snapshots = snapshots;
    this.lease = lease;
  }

  /// The content that the VolumeSnapshot named when its cut was seen.
  Optional<VolumeSnapshotContent> contentOf(Cut.Seen seen) throws InterruptedException {
    return patiently(
        () -> snapshots.findContent(String.valueOf(seen.snapshot().status().boundContentName())));
  }

  VolumeSnapshot consistent(Cut.Seen seen) throws InterruptedException, ChangedMeanwhileException {
    return mark(seen, SnapshotState.CONSISTENT, new HashMap<>());
  }

  VolumeSnapshot crashConsistent(Cut.Seen seen)
      throws InterruptedException, ChangedMeanwhileException {
    return mark(seen, SnapshotState.CRASH_CONSISTENT, new HashMap<>());
  }

  /// A position that is not proven must not be there to be trusted.
  VolumeSnapshot unproven(Cut.Seen seen, List<String> missing)
      throws InterruptedException, ChangedMeanwhileException {
    Map<String, @Nullable String> annotations = new HashMap<>();
    annotations.put(SnapshotKeys.GTID_BINLOG_POS, null);
    annotations.put(SnapshotKeys.GTID_CURRENT_POS, null);
    annotations.put(SnapshotKeys.BINLOG_FILE, null);
    annotations.put(SnapshotKeys.BINLOG_OFFSET, null);
    annotations.put(SnapshotKeys.REASON, String.join("; ", missing));
    return mark(seen, SnapshotState.CRASH_CONSISTENT, annotations);
  }

  private VolumeSnapshot mark(
      Cut.Seen seen, SnapshotState state, Map<String, @Nullable String> annotations)
      throws InterruptedException, ChangedMeanwhileException {
    annotations.put(SnapshotKeys.CUT_SEEN_AT, seen.seenAt().toString());
    annotations.put(SnapshotKeys.RELEASED_AT, seen.release().at().toString());
    VolumeSnapshot marked =
        patiently(
            () -> {
              lease.renew();
              return snapshots.mark(
                  seen.snapshot(),
                  now -> isMine(now, state),
                  Map.of(SnapshotKeys.STATE, state.label()),
                  annotations);
            });
    markContent(marked);
    Conclusions.told(marked, run.report());
    return marked;
  }

  /// Pending, or already what it shall become: the answer to an earlier attempt may have got lost.
  private boolean isMine(VolumeSnapshot now, SnapshotState state) {
    return now.annotation(SnapshotKeys.RUN_ID).filter(run.id()::equals).isPresent()
        && SnapshotState.isOneOf(now.labels(), SnapshotState.PENDING, state);
  }

  /// Under the policy Retain the content may outlive its VolumeSnapshot, and must explain itself.
  private void markContent(VolumeSnapshot marked) {
    try {
      snapshots
          .findContent(String.valueOf(marked.status().boundContentName()))
          .ifPresent(
              content ->
                  snapshots.markContent(
                      content,
                      SnapshotKeys.ours(marked.labels()),
                      SnapshotKeys.ours(marked.annotations())));
    } catch (KubernetesFailure failure) {
      run.report()
          .warn(
              "The VolumeSnapshotContent does not carry the annotations: " + failure.getMessage());
    }
  }

  /// A request that may fail because the object is not what it was taken for.
  @FunctionalInterface
  private interface Request<T, E extends Exception> {
    T send() throws E;
  }

  private <T, E extends Exception> T patiently(Request<T, E> request)
      throws E, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.send();
      } catch (KubernetesFailure failure) {
        if (!failure.isTransient() || attempt == ATTEMPTS) {
          throw failure;
        }
        pauseUnlessStopped(FIRST_PAUSE.multipliedBy(1L << attempt));
      }
    }
  }

  /// The lock is free by now, so a stop ends the patience and not the work: the request that comes
  /// next must still reach the API, and an interrupt would keep it from that.
  private void pauseUnlessStopped(Duration pause) throws InterruptedException {
    try {
      run.stop().pause(pause);
    } catch (StoppedException e) {
      boolean _ = Thread.interrupted();
    }
  }
}
