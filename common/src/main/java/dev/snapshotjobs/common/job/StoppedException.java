package dev.snapshotjobs.common.job;

/// Ends a job that was asked to stop; see [StopSignal#throwIfRequested].
public final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final StopSignal.Cause why;

  public StoppedException(StopSignal.Cause why) {
    super("asked to stop: " + why);
    this.why = why;
  }

  public StopSignal.Cause why() {
    return why;
  }
}
