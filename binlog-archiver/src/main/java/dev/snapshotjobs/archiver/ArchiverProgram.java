package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.JobProgram;
import picocli.CommandLine.Command;

/// What the image can do.
@Command(
    name = "binlog-archiver",
    description = "Keeps every byte of a server's binary logs in a bucket.",
    subcommands = ArchiveCommand.class)
public final class ArchiverProgram implements JobProgram {
  static final String JOB = "binlog-archiver";

  @Override
  public String job() {
    return JOB;
  }
}
