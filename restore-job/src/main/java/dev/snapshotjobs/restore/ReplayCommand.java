package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.ByteSize;
import dev.snapshotjobs.common.config.ByteSizeConverter;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.PortConverter;
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

/// Takes the server of a restore from its snapshot to the end of the plan.
@Command(
    name = "replay",
    description =
        "Runs in the pod of a restore: replays the logs of the plan on the copy's own server, proves"
            + " where it has come to, and leaves it ready to be put in service.")
final class ReplayCommand implements JobCommand {
  private static final long LEAST = 4 << 10;

  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(24));
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final CopyOptions copy = new CopyOptions();

  @ArgumentOnly
  @Option(names = "--server-host", description = "Where the server of this pod listens.")
  private String host = "127.0.0.1";

  @ArgumentOnly
  @Option(
      names = "--server-port",
      converter = PortConverter.class,
      description = "The port that it listens at.")
  private int port = ServerArguments.PORT;

  @Option(
      names = "--batch-size",
      converter = ByteSizeConverter.class,
      description =
          "How much of the logs is replayed between two looks at the position; the scratch folder"
              + " takes four times as much, and the largest transaction.")
  private ByteSize batchSize = new ByteSize(64 << 20);

  @Option(
      names = "--server-start-timeout",
      description = "How long the server may take to recover its data and to answer.")
  private Duration startTimeout = Duration.ofHours(2);

  @Option(
      names = "--check-budget",
      description = "How long tables are checked in the end; the small ones come first.")
  private Duration checkBudget = Duration.ofMinutes(5);

  @Override
  public String job() {
    return RestoreProgram.JOB;
  }

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public void check(Problems problems) {
    if (batchSize.bytes() < LEAST) {
      problems.add("--batch-size", "'" + batchSize + "' is too little", "at least 4Ki");
    }
  }

  /// How a replay is carried out.
  record Settings(
      String host, int port, long batchSize, Duration startTimeout, Duration checkBudget) {}

  @Override
  public Conclusion run(Run run) throws Exception {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    Settings settings = new Settings(host, port, batchSize.bytes(), startTimeout, checkBudget);
    return new ReplayJob(common.instance(), store, settings, run).execute(copy);
  }
}
