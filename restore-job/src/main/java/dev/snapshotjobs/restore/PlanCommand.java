package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ArgumentOnly;
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
import picocli.CommandLine.Option;

/// Says what a recovery would give.
@Command(
    name = "plan",
    description =
        "Tells what a recovery to a point in time would take and give; reads the bucket and changes"
            + " nothing.")
final class PlanCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(2));
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin private final SnapshotCheckOption check = new SnapshotCheckOption();

  @Mixin private final TargetOptions target = new TargetOptions();

  @ArgumentOnly
  @Option(
      names = "--quick",
      description =
          "Do not read the logs that would be replayed. Without it the plan says of each that it can"
              + " be read, and what in them a replay cannot follow.")
  private boolean quick;

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
        .execute(target.target(), target.timeline(), quick, output.output());
  }
}
