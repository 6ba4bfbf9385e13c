package dev.snapshotjobs.common.job;

/// The exit statuses of all jobs: a contract with the CronJob, see docs/reference/exit-codes.md.
public enum ExitCode {
  DONE(0, "done, or nothing to do"),
  FAILED(1, "failed, a retry may help; also when the deadline passed"),
  USAGE(2, "wrong usage or configuration"),
  REFUSED(3, "refused by a safety check, nothing was touched"),
  ATTENTION(4, "done, but a person should look at it"),
  STOPPED(143, "stopped by a signal, after undoing what must not stay");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  public String meaning() {
    return meaning;
  }
}
