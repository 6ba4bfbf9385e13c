package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.KubernetesOptions;
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

/// Recovers to a point in time, on a volume of its own.
@Command(
    name = "pitr",
    description =
        "Recovers to a point in time on a new volume, proves it, and leaves the source alone.")
final class PitrCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(18));
  @Mixin private final KubernetesOptions kubernetes = new KubernetesOptions();
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin private final SnapshotCheckOption check = new SnapshotCheckOption();
  @Mixin private final TargetOptions target = new TargetOptions();
  @Mixin private final RestoreOptions options = new RestoreOptions();

  @ArgumentOnly
  @Option(
      names = "--quick",
      description =
          "Do not read the logs before anything is begun. What cannot be read is found out when it"
              + " is replayed.")
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
  public Conclusion run(Run run) throws InterruptedException {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    return ClusterAccess.in(
        run,
        cluster ->
            new PitrJob(
                    common.instance(),
                    store,
                    new Planning(common.instance(), store, check.source(run), run),
                    new RestoreRun(cluster, kubernetes.namespace(), options.settings(), run),
                    run)
                .execute(
                    new PitrJob.Wish(target.target(), target.timeline(), quick, output.output()),
                    common.dryRun()));
  }
}
