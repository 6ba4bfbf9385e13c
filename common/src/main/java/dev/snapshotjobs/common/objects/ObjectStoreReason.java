package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Reason;

/// Why the object store did not do what it was asked, and whether asking again may help.
public enum ObjectStoreReason implements Reason {
  NO_BUCKET("store-no-bucket", "The bucket does not exist.", ExitCode.USAGE),
  ACCESS_DENIED("store-access-denied", "The object store denies access.", ExitCode.USAGE),
  CREDENTIALS(
      "store-credentials", "The credentials are missing, wrong or expired.", ExitCode.USAGE),
  WRONG_REGION("store-wrong-region", "The bucket is in another region.", ExitCode.USAGE),
  REJECTED("store-rejected", "The object store does not accept the request.", ExitCode.USAGE),
  CLOCK_SKEW("store-clock-skew", "The clocks of node and store differ.", ExitCode.FAILED),
  UNAVAILABLE("store-unavailable", "The object store cannot serve now.", ExitCode.FAILED),
  NO_ANSWER("store-no-answer", "The object store does not answer.", ExitCode.FAILED),
  CUT_OFF("store-cut-off", "An answer of the object store ended too early.", ExitCode.FAILED),
  DAMAGED("store-damaged", "Content is not what was written.", ExitCode.FAILED),
  INTERRUPTED("store-interrupted", "The request was interrupted.", ExitCode.FAILED);

  private final String code;
  private final String sentence;
  private final ExitCode exit;

  ObjectStoreReason(String code, String sentence, ExitCode exit) {
    this.code = code;
    this.sentence = sentence;
    this.exit = exit;
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public String sentence() {
    return sentence;
  }

  /// Whether the same request may well succeed later.
  boolean isTransient() {
    return exit == ExitCode.FAILED;
  }
}
