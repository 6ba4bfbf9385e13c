package dev.snapshotjobs.common.job;

/// A failure that knows by itself how it ends a run, so that no job needs to say it: with which
/// status, and with what a person can do about it.
public interface EndsRun {
  JobException toJobException();
}
