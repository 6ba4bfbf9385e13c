package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.KubernetesNameConverter;
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

/// Makes a volume of a snapshot.
@Command(
    name = "clone",
    description =
        "Makes a new volume of a snapshot as it was cut, and proves that it can be served.")
final class CloneCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(18));
  @Mixin private final KubernetesOptions kubernetes = new KubernetesOptions();
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();
  @Mixin private final RestoreOptions options = new RestoreOptions();

  @ArgumentOnly
  @Option(
      names = "--snapshot",
      required = true,
      converter = KubernetesNameConverter.class,
      description = "Snapshot of the catalogue that becomes a volume.")
  private String snapshot = "";

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
            new CloneJob(
                    new BucketReader(store, common.instance()),
                    new RestoreRun(cluster, kubernetes.namespace(), options.settings(), run),
                    run)
                .execute(snapshot, output.output(), common.dryRun()));
  }
}
