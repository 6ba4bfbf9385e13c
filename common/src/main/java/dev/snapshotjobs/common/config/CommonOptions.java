package dev.snapshotjobs.common.config;

import java.time.Duration;
import picocli.CommandLine.Option;

/// The settings of every job. `@Mixin final CommonOptions common = new CommonOptions(deadline)`.
public final class CommonOptions extends HelpOptions implements Checked {

  @Option(
      names = "--instance",
      required = true,
      converter = InstanceConverter.class,
      description = "Name of the protected database, unique in the bucket.")
  private String instance = "";

  @Option(names = "--log-format", description = "How log lines on standard error look.")
  private LogFormat logFormat = LogFormat.JSON;

  @Option(
      names = "--deadline",
      description = "The run stops cleanly after this time, and a later run goes on.")
  private Duration deadline;

  @Option(names = "--dry-run", description = "Show the plan and change nothing.")
  private boolean dryRun;

  /// `deadline` is the job's default: each job knows how long its work may take.
  public CommonOptions(Duration deadline) {
    this.deadline = deadline;
  }

  public String instance() {
    return instance;
  }

  public LogFormat logFormat() {
    return logFormat;
  }

  public Duration deadline() {
    return deadline;
  }

  public boolean dryRun() {
    return dryRun;
  }

  @Override
  public void check(Problems problems) {
    if (deadline.isZero()) {
      problems.add("--deadline", "'0s' leaves no time for the run", "more than 0s");
    }
  }
}
