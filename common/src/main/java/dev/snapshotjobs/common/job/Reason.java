package dev.snapshotjobs.common.job;

/// Why a run ended as it did. Each job has an enum of its reasons; logs, metrics, events and
/// messages all use it.
public interface Reason {

  /// Stable, for machines: `lock-not-acquired`.
  String code();

  /// For people: "The lock was not acquired in time."
  String sentence();
}
