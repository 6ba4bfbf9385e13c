package dev.snapshotjobs.common.job;

import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.MariaDbOptions;
import dev.snapshotjobs.common.config.Problems;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// A job that does what a test gives it.
@Command(name = "sample-job")
final class SampleJob implements JobCommand {

  /// What the run does.
  @FunctionalInterface
  interface Work {
    Conclusion run(Run run) throws Exception;
  }

  @Mixin final CommonOptions common = new CommonOptions(Duration.ofMinutes(5));
  @Mixin final MariaDbOptions mariaDb = new MariaDbOptions();

  private final Work work;

  SampleJob(Work work) {
    this.work = work;
  }

  @Override
  public String job() {
    return "sample-job";
  }

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public void check(Problems problems) {
    if (mariaDb.user().equals("root")) {
      problems.add("--mariadb-user", "'root' may do too much", "an account of its own");
    }
  }

  @Override
  public Conclusion run(Run run) throws Exception {
    return work.run(run);
  }
}
