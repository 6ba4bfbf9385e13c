package dev.snapshotjobs.common.job;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An end of a run that its caller cannot handle; caught in JobMain alone.
public final class JobException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final ExitCode exit;
  private final transient Reason reason;
  private final String nextStep;

  private JobException(
      ExitCode exit, Reason reason, String message, String nextStep, @Nullable Throwable cause) {
    super(message, cause);
    this.exit = exit;
    this.reason = reason;
    this.nextStep = nextStep;
  }

  /// It did not work this time; a retry may help.
  public static JobException failed(Reason reason, String message, String nextStep) {
    return new JobException(ExitCode.FAILED, reason, message, nextStep, null);
  }

  public static JobException failed(
      Reason reason, String message, String nextStep, Throwable cause) {
    return new JobException(ExitCode.FAILED, reason, message, nextStep, cause);
  }

  /// A setting is wrong in a way that only the run could find out; no retry helps.
  public static JobException misconfigured(Reason reason, String message, String nextStep) {
    return new JobException(ExitCode.USAGE, reason, message, nextStep, null);
  }

  public static JobException misconfigured(
      Reason reason, String message, String nextStep, Throwable cause) {
    return new JobException(ExitCode.USAGE, reason, message, nextStep, cause);
  }

  /// It would not be safe, and nothing was touched; no retry helps.
  public static JobException refused(Reason reason, String message, String nextStep) {
    return new JobException(ExitCode.REFUSED, reason, message, nextStep, null);
  }

  public static JobException refused(
      Reason reason, String message, String nextStep, Throwable cause) {
    return new JobException(ExitCode.REFUSED, reason, message, nextStep, cause);
  }

  public ExitCode exit() {
    return exit;
  }

  public Reason reason() {
    return reason;
  }

  public String nextStep() {
    return nextStep;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), "");
  }
}
