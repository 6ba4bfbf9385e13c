package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.OutputOption;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.ObjectStoreFailure;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
  private static final String TARGETS =
      "exactly one of --to, --to-gtid, --before-gtid and --to-latest";

  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(2));
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();

  @ArgumentOnly
  @Option(names = "--to", description = "Recover what had been committed by this instant.")
  private @Nullable Instant to;

  @ArgumentOnly
  @Option(
      names = "--to-gtid",
      converter = GtidConverter.class,
      description = "Recover up to this transaction, and it too.")
  private @Nullable Gtid toGtid;

  @ArgumentOnly
  @Option(
      names = "--before-gtid",
      converter = GtidConverter.class,
      description = "Recover up to right before this transaction.")
  private @Nullable Gtid beforeGtid;

  @ArgumentOnly
  @Option(names = "--to-latest", description = "Recover all that is archived.")
  private boolean toLatest;

  @ArgumentOnly
  @Option(
      names = "--timeline",
      converter = TimelineConverter.class,
      description = "In this history; by default the one that the target is in.")
  private @Nullable TimelineId timeline;

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
    long given = Stream.of(to, toGtid, beforeGtid).filter(one -> one != null).count();
    if (given + (toLatest ? 1 : 0) != 1) {
      problems.add("--to", "is not the only target, or there is none", TARGETS);
    }
  }

  private Target target() {
    return to != null
        ? new Target.At(to)
        : toGtid != null
            ? new Target.Through(toGtid)
            : beforeGtid != null ? new Target.Before(beforeGtid) : new Target.Latest();
  }

  @Override
  public Conclusion run(Run run) {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    try {
      return new PlanJob(common.instance(), store, run)
          .execute(target(), Optional.ofNullable(timeline), output.output());
    } catch (ObjectStoreFailure failure) {
      throw failure.toJobException();
    }
  }
}
