package dev.snapshotjobs.common.job;

/// What an image starts: one [JobCommand], or a picocli command whose subcommands are such.
public interface JobProgram {

  /// "snapshot-job"
  String job();
}
