package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.config.CommonOptions;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.MariaDbOptions;
import dev.snapshotjobs.common.config.Problems;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobCommand;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.LockOptions;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Archives what is not archived yet.
@Command(
    name = "archive",
    description = "Archives what the server has logged and the bucket lacks.")
final class ArchiveCommand implements JobCommand {
  private static final Duration SHORTEST_FOLLOWING = Duration.ofSeconds(1);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  @Mixin private final CommonOptions common = new CommonOptions(Duration.ofHours(6));
  @Mixin private final MariaDbOptions mariaDb = new MariaDbOptions();
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final LockOptions lock = new LockOptions();
  @Mixin private final UpkeepOptions upkeep = new UpkeepOptions();

  @Option(
      names = "--follow",
      description =
          "Go on for so long after the archive has come up to the server, and archive what it logs"
              + " meanwhile; without this, end there.")
  private @Nullable Duration follow;

  @Option(
      names = "--tail-interval",
      description = "While following: put what was logged into the bucket after so long.")
  private Duration tailInterval = Duration.ofSeconds(5);

  @Option(
      names = "--allow-overwrites",
      description =
          "Go on although the store does not honour conditional writes; then nothing but the"
              + " server's own lock keeps two archivers apart.")
  private boolean allowOverwrites;

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
    if (mariaDb.host().isEmpty()) {
      problems.add(
          "--mariadb-host",
          "is required, but not set: this job asks no Kubernetes API where the database is",
          "the pod's own name in DNS, such as mariadb-0.mariadb");
    }
    if (follow != null
        && (follow.compareTo(SHORTEST_FOLLOWING) < 0 || follow.compareTo(common.deadline()) >= 0)) {
      problems.add(
          "--follow",
          "is " + DurationConverter.format(follow),
          "%s or more, and less than --deadline (%s)"
              .formatted(
                  DurationConverter.format(SHORTEST_FOLLOWING),
                  DurationConverter.format(common.deadline())));
    }
    if (tailInterval.compareTo(SHORTEST_INTERVAL) < 0
        || tailInterval.compareTo(LONGEST_INTERVAL) > 0) {
      problems.add(
          "--tail-interval",
          "is " + DurationConverter.format(tailInterval),
          DurationConverter.format(SHORTEST_INTERVAL)
              + " to "
              + DurationConverter.format(LONGEST_INTERVAL));
    }
  }

  @Override
  public Conclusion run(Run run) throws InterruptedException {
    S3ObjectStore store = S3ObjectStore.connect(S3Settings.of(s3));
    run.closeAtEnd(store);
    MariaDbConnector connector =
        new MariaDbConnector(
            mariaDb.host().orElseThrow(),
            mariaDb.port(),
            mariaDb.user(),
            mariaDb.password(),
            mariaDb.tls(),
            mariaDb.caFile());
    return new ArchiveJob(settings(), upkeep.upkeep(), connector, store, run).execute();
  }

  private ArchiveSettings settings() {
    return new ArchiveSettings(
        common.instance(),
        lock.term(),
        Optional.ofNullable(follow).map(time -> new ArchiveSettings.Follow(time, tailInterval)),
        s3.sse() != SseMode.NONE,
        allowOverwrites,
        common.dryRun());
  }
}
