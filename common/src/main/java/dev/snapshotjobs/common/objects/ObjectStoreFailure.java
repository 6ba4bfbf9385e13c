package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.job.EndsRun;
import dev.snapshotjobs.common.job.JobException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// A request that the object store did not carry out, or of which nobody knows; with what it was
/// for, and what a person can do about it.
public final class ObjectStoreFailure extends RuntimeException implements EndsRun {
  private static final long serialVersionUID = 1L;

  private final ObjectStoreReason reason;
  private final String nextStep;

  ObjectStoreFailure(
      ObjectStoreReason reason, String message, String nextStep, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.nextStep = nextStep;
  }

  public ObjectStoreReason reason() {
    return reason;
  }

  public String nextStep() {
    return nextStep;
  }

  /// Whether the same request may well succeed later.
  public boolean isTransient() {
    return reason.isTransient();
  }

  /// The HTTP status of the answer, 0 if there was none.
  int status() {
    return getCause() instanceof AwsServiceException answer ? answer.statusCode() : 0;
  }

  /// The code of the answer, empty if there was none.
  String code() {
    return getCause() instanceof AwsServiceException answer ? S3Diagnosis.code(answer) : "";
  }

  /// With status 1 where a retry may help, else 2.
  @Override
  public JobException toJobException() {
    String message = String.valueOf(getMessage());
    return isTransient()
        ? JobException.failed(reason, message, nextStep, this)
        : JobException.misconfigured(reason, message, nextStep, this);
  }
}
