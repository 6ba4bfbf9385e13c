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
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
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
  @Mixin private final SnapshotCheckOption check = new SnapshotCheckOption();

  @ArgumentOnly
  @Option(
      names = "--to",
      converter = TimeArgumentConverter.class,
      description = "Recover what had been committed by this instant.")
  private @Nullable TimeArgument to;

  @ArgumentOnly
  @Option(names = "--time-zone", description = "Of a --to that has no offset.")
  private @Nullable ZoneId timeZone;

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
  public void check(Problems problems) {
    long given = Stream.of(to, toGtid, beforeGtid).filter(one -> one != null).count();
    if (given + (toLatest ? 1 : 0) != 1) {
      problems.add("--to", "is not the only target, or there is none", TARGETS);
    }
    TimeArgument.resolve("--to", to, timeZone, problems);
  }

  private Target target() {
    Optional<Instant> instant = TimeArgument.resolve("--to", to, timeZone, new Problems());
    return instant.isPresent()
        ? new Target.At(instant.get())
        : toGtid != null
            ? new Target.Through(toGtid)
            : beforeGtid != null ? new Target.Before(beforeGtid) : new Target.Latest();
  }

  @Override
  public Conclusion run(Run run) {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    return new PlanJob(common.instance(), store, check.source(run), run)
        .execute(target(), Optional.ofNullable(timeline), quick, output.output());
  }
}
