package dev.snapshotjobs.common.report;

/// Somewhere an outcome is told. A sink that fails, or needs more than five seconds, is logged and
/// changes nothing about the run.
public interface OutcomeSink {

  String name();

  /// Called once, on a thread of its own that is interrupted when the time is over.
  void deliver(Outcome outcome) throws Exception;
}
