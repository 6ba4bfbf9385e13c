package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.Checked;
import dev.snapshotjobs.common.config.Problems;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a recovery shall end. Only ever given as arguments, so that no target is left behind in
/// the settings of a cluster.
final class TargetOptions implements Checked {
  private static final String TARGETS =
      "exactly one of --to, --to-gtid, --before-gtid and --to-latest";

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

  @Override
  public void check(Problems problems) {
    long given = Stream.of(to, toGtid, beforeGtid).filter(one -> one != null).count();
    if (given + (toLatest ? 1 : 0) != 1) {
      problems.add("--to", "is not the only target, or there is none", TARGETS);
    }
    TimeArgument.resolve("--to", to, timeZone, problems);
  }

  Optional<TimelineId> timeline() {
    return Optional.ofNullable(timeline);
  }

  Target target() {
    Optional<Instant> instant = TimeArgument.resolve("--to", to, timeZone, new Problems());
    return instant.isPresent()
        ? new Target.At(instant.get())
        : toGtid != null
            ? new Target.Through(toGtid)
            : beforeGtid != null ? new Target.Before(beforeGtid) : new Target.Latest();
  }
}
