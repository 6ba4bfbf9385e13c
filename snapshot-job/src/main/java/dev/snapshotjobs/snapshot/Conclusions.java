package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.kube.InstanceLease;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.report.ObjectRef;
import dev.snapshotjobs.common.report.Report;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// How runs of snapshot-job end, in words: what is true then, and what to do next.
final class Conclusions {
  /// What a run that must stop because of several findings says first.
  private static final List<ExitCode> GRAVEST_FIRST =
      List.of(ExitCode.REFUSED, ExitCode.USAGE, ExitCode.FAILED);

  private Conclusions() {}

  /// The end of the run, if a finding stops it; what does not is a warning.
  static Optional<Conclusion> ofFindings(List<Finding> findings, Report report) {
    findings.stream()
        .filter(finding -> finding.rule().consequence().exit().isEmpty())
        .forEach(finding -> report.warn(finding.toString()));
    List<Finding> stopping =
        findings.stream().filter(f -> f.rule().consequence().exit().isPresent()).toList();
    return GRAVEST_FIRST.stream()
        .flatMap(
            exit ->
                stopping.stream()
                    .filter(f -> f.rule().consequence().exit().orElseThrow() == exit)
                    .findFirst()
                    .stream())
        .findFirst()
        .map(
            gravest ->
                new Conclusion(
                    gravest.rule().consequence().exit().orElseThrow(),
                    gravest.rule().consequence() == PreflightRule.Consequence.RETRY
                        ? "failed"
                        : "refused",
                    gravest.rule(),
                    stopping.stream().map(Finding::toString).collect(Collectors.joining("; ")),
                    stopping.stream()
                        .map(Finding::nextStep)
                        .distinct()
                        .collect(Collectors.joining("; "))));
  }

  /// What of the findings makes a recovery to a point in time impossible.
  static List<Finding> againstRecovery(List<Finding> findings) {
    return findings.stream()
        .filter(f -> f.rule().consequence() == PreflightRule.Consequence.NO_PITR)
        .toList();
  }

  static Conclusion planned(SnapshotPlan plan) {
    return new Conclusion(
        ExitCode.DONE,
        "planned",
        SnapshotReason.SNAPSHOT_PLANNED,
        switch (plan) {
          case SnapshotPlan.Take take -> "would take VolumeSnapshot " + take.name();
          case SnapshotPlan.Adopt adopt ->
              "VolumeSnapshot " + adopt.snapshot().name() + " of this slot is there already";
        },
        "run without --dry-run");
  }

  static Conclusion ready(VolumeSnapshot snapshot, Duration blockedFor) {
    return switch (madeAs(snapshot)) {
      case CONSISTENT ->
          new Conclusion(
              ExitCode.DONE,
              SnapshotState.CONSISTENT.label(),
              SnapshotReason.SNAPSHOT_CONSISTENT,
              "VolumeSnapshot %s is consistent at GTID %s and ready%s"
                  .formatted(
                      snapshot.name(),
                      snapshot
                          .annotation(SnapshotKeys.GTID_BINLOG_POS)
                          .filter(position -> !position.isEmpty())
                          .orElse("(none: log_bin is off or nothing is logged)"),
                      blockedFor.isZero()
                          ? "; an earlier run of this slot took it"
                          : "; commits waited at most %d ms".formatted(blockedFor.toMillis())),
              "");
      case CRASH_CONSISTENT ->
          new Conclusion(
              ExitCode.DONE,
              SnapshotState.CRASH_CONSISTENT.label(),
              SnapshotReason.SNAPSHOT_CRASH_CONSISTENT,
              "VolumeSnapshot %s was cut without a lock, as asked for, and is ready; its position is"
                      .formatted(snapshot.name())
                  + " in its own binary log",
              "");
    };
  }

  /// The two states in which a snapshot gets as far as the wait for `readyToUse`.
  private enum Made {
    CONSISTENT,
    CRASH_CONSISTENT
  }

  private static Made madeAs(VolumeSnapshot snapshot) {
    return SnapshotState.isOneOf(snapshot.labels(), SnapshotState.CONSISTENT)
        ? Made.CONSISTENT
        : Made.CRASH_CONSISTENT;
  }

  static Conclusion notReadyInTime(VolumeSnapshot snapshot, Duration timeout, String lastNews) {
    String state = snapshot.label(SnapshotKeys.STATE).orElseThrow();
    return new Conclusion(
        ExitCode.ATTENTION,
        state,
        SnapshotReason.READY_DEADLINE,
        "VolumeSnapshot %s is %s, but not readyToUse after %s%s"
            .formatted(
                snapshot.name(),
                state,
                DurationConverter.format(timeout),
                lastNews.isEmpty() ? "" : "; " + lastNews),
        "look at the snapshot in the storage's own console; it stays and counts once it is ready");
  }

  /// After something about the catalogue went wrong: the snapshot is what it is without it.
  static Conclusion notInCatalogue(
      Conclusion ofSnapshot, SnapshotReason reason, String why, String nextStep) {
    return new Conclusion(
        ExitCode.ATTENTION,
        ofSnapshot.verdict(),
        reason,
        ofSnapshot.message() + "; but the catalogue lacks it: " + why,
        nextStep);
  }

  static Conclusion tooSoon(Instant notBefore, String claimName) {
    return new Conclusion(
        ExitCode.FAILED,
        "failed",
        SnapshotReason.TOO_SOON,
        "the storage takes the next snapshot of %s at %s; somebody else has taken one meanwhile"
            .formatted(claimName, notBefore),
        "run again after that; MIN_INTERVAL says otherwise if the storage does");
  }

  static Conclusion goneWhileWaiting(VolumeSnapshot snapshot) {
    return new Conclusion(
        ExitCode.FAILED,
        "gone",
        SnapshotReason.SNAPSHOT_GONE,
        "VolumeSnapshot " + snapshot.name() + " was deleted by someone else before it was ready",
        "find out who deleted it (audit log of the API); run again for another one");
  }

  static Conclusion unproven(VolumeSnapshot snapshot, List<String> missing) {
    return new Conclusion(
        ExitCode.ATTENTION,
        SnapshotState.CRASH_CONSISTENT.label(),
        SnapshotReason.LOCK_NOT_PROVEN,
        "VolumeSnapshot %s exists but counts as crash-consistent only: %s"
            .formatted(snapshot.name(), String.join("; ", missing)),
        "run again for a consistent one; this one recovers like after a power failure");
  }

  static Conclusion missed(Cut.Missed missed) {
    return new Conclusion(
        ExitCode.FAILED,
        "aborted",
        missed.reason(),
        "VolumeSnapshot %s was given up: %s".formatted(missed.snapshot().name(), missed.why()),
        switch (missed.reason()) {
          case CUT_NOT_SEEN ->
              "see whether the snapshot controller and the driver's snapshotter run; if the storage"
                  + " needs longer for its cut, raise MAX_HOLD knowingly (commits wait that long), or"
                  + " READY_TIMEOUT in mode none";
          case CUT_FAILED -> "correct what the storage names, or run again if it was busy";
          case SNAPSHOT_GONE -> "find out who deletes VolumeSnapshots here (audit log); run again";
          case LOCK_NEEDED -> "take it with SNAPSHOT_MODE=backup-stage, or put the settings back";
          default ->
              "run again; if it happens again, look at the server's error log of that moment";
        });
  }

  /// The proof was made, but the object is not what it was any more.
  static Conclusion changed(VolumeSnapshot snapshot, String why) {
    return new Conclusion(
        ExitCode.FAILED,
        "failed",
        SnapshotReason.SNAPSHOT_GONE,
        "VolumeSnapshot " + snapshot.name() + " could not be marked as consistent: " + why,
        "find out who changes VolumeSnapshots here (audit log); run again");
  }

  static Conclusion nothingCreated(Cut.NothingCreated nothing) {
    boolean refused = nothing.reason() == SnapshotReason.OTHER_SERVER;
    return new Conclusion(
        refused ? ExitCode.REFUSED : ExitCode.FAILED,
        refused ? "refused" : "failed",
        nothing.reason(),
        nothing.why(),
        nothing.nextStep());
  }

  static Conclusion leaseBusy(InstanceLease.Attempt.Busy busy, Duration waited) {
    return new Conclusion(
        ExitCode.FAILED,
        "failed",
        SnapshotReason.LEASE_BUSY,
        "run %s has held the Lease of this instance for all of %s; it expires at %s"
            .formatted(busy.holder(), DurationConverter.format(waited), busy.expires()),
        "wait for that run, or run again after its Lease has expired");
  }

  static Conclusion leaseLost(InstanceLease.LeaseLostException lost) {
    return new Conclusion(
        ExitCode.FAILED,
        "failed",
        SnapshotReason.LEASE_LOST,
        String.valueOf(lost.getMessage()),
        "nothing to do: what this run may have left pending is removed by a later one");
  }

  static ObjectRef reference(VolumeSnapshot snapshot) {
    return new ObjectRef("VolumeSnapshot", snapshot.namespace(), snapshot.name(), snapshot.uid());
  }

  /// Puts a snapshot whose verdict is recorded into the report; only a proven one has a position.
  static void told(VolumeSnapshot snapshot, Report report) {
    report.object(reference(snapshot));
    Map<String, String> positions =
        Map.of(
            "gtid_binlog_pos", SnapshotKeys.GTID_BINLOG_POS,
            "gtid_current_pos", SnapshotKeys.GTID_CURRENT_POS,
            "binlog_file", SnapshotKeys.BINLOG_FILE,
            "binlog_offset", SnapshotKeys.BINLOG_OFFSET);
    positions.forEach(
        (name, key) -> snapshot.annotation(key).ifPresent(value -> report.position(name, value)));
  }
}
