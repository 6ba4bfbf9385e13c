package dev.snapshotjobs.common.job;

/// Reasons of the sample job.
enum SampleReason implements Reason {
  FINE,
  UNSAFE;

  @Override
  public String code() {
    return this == FINE ? "fine" : "unsafe";
  }

  @Override
  public String sentence() {
    return "A sample.";
  }
}
