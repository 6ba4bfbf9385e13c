package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.config.Checked;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.Problems;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What the job may change on the server: nothing, unless it is told to.
final class UpkeepOptions implements Checked {
  /// Whoever types more means something else, and no calendar has it.
  private static final Duration LONGEST = Duration.ofDays(36_500);

  @Option(
      names = "--rotate",
      converter = RotateWhen.Converter.class,
      description =
          "Let the server begin a new log when the one it writes has had a transaction for longer"
              + " than this; needs RELOAD. By default the server alone decides. With --follow, when it"
              + " begins to follow and not later.")
  private @Nullable RotateWhen rotate;

  @Option(
      names = "--purge",
      description =
          "Remove logs from the server that are sealed, were read again from the bucket, and are"
              + " older than --keep-on-server; needs BINLOG ADMIN. With --follow, at its end.")
  private boolean purge;

  @Option(
      names = "--keep-on-server",
      description =
          "How long a log stays on the server after its last event, for replicas that are away;"
              + " only with --purge.")
  private Duration keepOnServer = Duration.ofDays(7);

  @Override
  public void check(Problems problems) {
    if (keepOnServer.compareTo(LONGEST) > 0) {
      problems.add(
          "--keep-on-server",
          "is " + DurationConverter.format(keepOnServer),
          "up to " + DurationConverter.format(LONGEST));
    }
    if (rotate != null && rotate.olderThan().compareTo(LONGEST) > 0) {
      problems.add("--rotate", "is " + rotate, "up to " + new RotateWhen(LONGEST));
    }
  }

  Upkeep upkeep() {
    return new Upkeep(rotate, purge ? keepOnServer : null);
  }
}
