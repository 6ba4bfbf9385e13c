package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Looks at the copy of a restore before a server is started on it.
@Command(
    name = "inspect",
    description =
        "Runs in the pod of a restore: holds the copy's own binary log against the plan, before the"
            + " server is started on it.")
final class InspectCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(1));
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final CopyOptions copy = new CopyOptions();

  @ArgumentOnly
  @Option(
      names = "--accept-recovered-position",
      description =
          "Go on from where the data of the copy really end, if that is not where the snapshot says"
              + " that they do.")
  private boolean acceptRecoveredPosition;

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
  public Conclusion run(Run run) throws IOException {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    return new InspectJob(common.instance(), store, run).execute(copy, acceptRecoveredPosition);
  }
}
