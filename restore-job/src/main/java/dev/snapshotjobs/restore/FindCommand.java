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
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Finds who dropped the table.
@Command(
    name = "find",
    description =
        "Tells what was done to a table, and when: reads the archived binary logs and nothing else.")
final class FindCommand implements JobCommand {
  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(6));
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final OutputOption output = new OutputOption();

  @ArgumentOnly
  @Option(
      names = "--table",
      required = true,
      converter = TableNameConverter.class,
      description = "The table, with its database.")
  @SuppressWarnings("NullAway.Init") // required
  private TableName table;

  @ArgumentOnly
  @Option(
      names = "--from",
      converter = TimeArgumentConverter.class,
      description = "Leave out what came before.")
  private @Nullable TimeArgument from;

  @ArgumentOnly
  @Option(
      names = "--to",
      converter = TimeArgumentConverter.class,
      description = "Leave out what came later.")
  private @Nullable TimeArgument to;

  @ArgumentOnly
  @Option(names = "--time-zone", description = "Of a --from and a --to that have no offset.")
  private @Nullable ZoneId timeZone;

  @ArgumentOnly
  @Option(
      names = "--kind",
      split = ",",
      description = "What was done to it; by default everything but inserts and updates of rows.")
  private List<ChangeKind> kinds = List.of(ChangeKind.DDL, ChangeKind.TRUNCATE, ChangeKind.DELETE);

  @ArgumentOnly
  @Option(
      names = "--min-rows",
      description =
          "Leave out what changed fewer rows; not what the log has as a statement, of which nobody"
              + " knows.")
  private long minRows;

  @ArgumentOnly
  @Option(names = "--limit", description = "Show so many, the last ones.")
  private int limit = 50;

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
    Optional<Instant> begin = TimeArgument.resolve("--from", from, timeZone, problems);
    Optional<Instant> end = TimeArgument.resolve("--to", to, timeZone, problems);
    if (begin.isPresent() && end.filter(begin.get()::isAfter).isPresent()) {
      problems.add("--to", "is " + end.get() + ", which is before --from", "a later instant");
    }
    if (minRows < 0) {
      problems.add("--min-rows", "is " + minRows, "0 or more");
    }
    if (limit < 1) {
      problems.add("--limit", "is " + limit, "1 or more");
    }
    if (kinds.isEmpty()) {
      problems.add("--kind", "is empty", "some of " + EnumSet.allOf(ChangeKind.class));
    }
  }

  @Override
  public Conclusion run(Run run) {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    Search search =
        new Search(
            table,
            EnumSet.copyOf(kinds),
            TimeArgument.resolve("--from", from, timeZone, new Problems()),
            TimeArgument.resolve("--to", to, timeZone, new Problems()),
            minRows);
    return new FindJob(common.instance(), search, limit, output.output(), store, run).execute();
  }
}
