package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.config.ArgumentOnly;
import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Reads the archive again.
@Command(
    name = "verify",
    description = "Reads what is archived again, and tells everything that is damaged or missing.")
final class VerifyCommand implements JobCommand {
  private static final int LAST_TIMELINE = 9999;

  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(12));
  @Mixin private final S3Options s3 = new S3Options();

  @ArgumentOnly
  @Option(names = "--timeline", description = "Only this timeline.")
  private @Nullable Integer timeline;

  @ArgumentOnly
  @Option(names = "--log", description = "Only the log of this name.")
  private @Nullable String log;

  @ArgumentOnly
  @Option(names = "--since", description = "Only logs that were archived then or later.")
  private @Nullable Instant since;

  @Override
  public String job() {
    return ArchiverProgram.JOB;
  }

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public void check(Problems problems) {
    if (timeline != null && (timeline < 1 || timeline > LAST_TIMELINE)) {
      problems.add("--timeline", "is " + timeline, "1 to " + LAST_TIMELINE);
    }
    if (log != null && since != null) {
      problems.add("--since", "is given together with --log", "one of the two");
    }
    if (log != null) {
      checkLog(log, problems);
    }
  }

  private static void checkLog(String log, Problems problems) {
    try {
      LogName _ = new LogName(log);
    } catch (IllegalArgumentException e) {
      problems.add("--log", String.valueOf(e.getMessage()), "as the server lists it: bin.000042");
    }
  }

  @Override
  public Conclusion run(Run run) {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    return new VerifyJob(common.instance(), selection(), store, run).execute();
  }

  private Selection selection() {
    return new Selection(
        Optional.ofNullable(timeline).map(TimelineId::new),
        Optional.ofNullable(log).map(LogName::new),
        Optional.ofNullable(since));
  }
}
