package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.HelpOptions;
import dev.snapshotjobs.common.job.JobProgram;
import picocli.CommandLine.Command;

/// What the image can do.
@Command(
    name = "restore-job",
    description = "Finds what happened, and recovers from it.",
    subcommands = {
      WindowsCommand.class,
      PlanCommand.class,
      FindCommand.class,
      PitrCommand.class,
      CloneCommand.class,
      InspectCommand.class,
      ReplayCommand.class
    })
public final class RestoreProgram extends HelpOptions implements JobProgram {
  static final String JOB = "restore-job";

  @Override
  public String job() {
    return JOB;
  }
}
