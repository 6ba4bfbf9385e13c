package dev.snapshotjobs.common.job;

/// The reasons that every job has in common.
public enum FrameReason implements Reason {
  CONFIGURATION("configuration", "The configuration is wrong."),
  DEADLINE("deadline", "The run did not end before its deadline."),
  STOPPED("stopped", "A signal asked the run to stop."),
  UNEXPECTED("unexpected", "The run failed in a way that it does not know.");

  private final String code;
  private final String sentence;

  FrameReason(String code, String sentence) {
    this.code = code;
    this.sentence = sentence;
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public String sentence() {
    return sentence;
  }
}
