package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.config.HelpOptions;
import dev.snapshotjobs.common.job.JobProgram;
import picocli.CommandLine.Command;

/// What the image can do.
@Command(
    name = "binlog-archiver",
    description = "Keeps every byte of a server's binary logs in a bucket.",
    subcommands = {ArchiveCommand.class, StatusCommand.class, VerifyCommand.class})
public final class ArchiverProgram extends HelpOptions implements JobProgram {
  static final String JOB = "binlog-archiver";

  @Override
  public String job() {
    return JOB;
  }
}
