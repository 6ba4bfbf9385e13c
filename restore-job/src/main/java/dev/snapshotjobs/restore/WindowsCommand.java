package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.OutputOption;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Tells to which times one can go back.
@Command(
    name = "windows",
    description = "Tells from where to where one can recover, and what is in between.")
final class WindowsCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofMinutes(30));
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin private final SnapshotCheckOption check = new SnapshotCheckOption();

  @Override
  public String job() {
    return RestoreProgram.JOB;
  }

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public void check(Problems problems) {}

  @Override
  public Conclusion run(Run run) {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    return new PlanJob(new Planning(common.instance(), store, check.source(run), run), run)
        .windows(output.output());
  }
}
