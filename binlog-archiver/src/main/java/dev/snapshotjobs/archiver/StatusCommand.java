package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.OptionalMariaDbOptions;
import dev.snapshotjobs.common.config.OutputOption;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Tells what the archive has.
@Command(
    name = "status",
    description =
        "Tells what the bucket has: timelines, what can be recovered, gaps, and how far behind.")
final class StatusCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofMinutes(30));
  @Mixin private final OptionalMariaDbOptions mariaDb = new OptionalMariaDbOptions();
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();

  @Override
  public String job() {
    return ArchiverProgram.JOB;
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
    return new StatusJob(
            common.instance(), output.output(), mariaDb.host().map(this::connector), store, run)
        .execute();
  }

  private MariaDbConnector connector(String host) {
    return new MariaDbConnector(
        host, mariaDb.port(), mariaDb.user(), mariaDb.password(), mariaDb.tls(), mariaDb.caFile());
  }
}
