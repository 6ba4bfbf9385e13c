package dev.snapshotjobs.manifests;

import dev.snapshotjobs.archiver.ArchiverProgram;
import dev.snapshotjobs.common.job.JobProgram;
import dev.snapshotjobs.restore.RestoreProgram;
import dev.snapshotjobs.snapshot.SnapshotCommand;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/// The jobs that have an image, by the name of their container, and what the rules ask of each.
enum ShippedJob {
  /// Nightly: a Job that is still there the next night would cost that night's snapshot.
  SNAPSHOT("snapshot-job", true, true, Duration.ofDays(1)),

  /// Four times an hour, and a run that takes longer costs nothing: the next one goes on where it
  /// ended. But while one hangs nothing is archived, and that has to end on the same day.
  ARCHIVER("binlog-archiver", false, true, Duration.ofDays(1)),

  /// On demand, and somebody waits for it.
  RESTORE("restore-job", false, false, Duration.ofDays(1)),

  /// The same image, as it makes objects.
  RESTORE_RUN("restore-job", true, false, Duration.ofDays(1));

  private static final Set<String> MAKING_OBJECTS = Set.of("pitr", "clone");

  private final String container;
  private final boolean asksTheApi;
  private final boolean asksTheDatabase;
  private final Duration longest;

  ShippedJob(String container, boolean asksTheApi, boolean asksTheDatabase, Duration longest) {
    this.container = container;
    this.asksTheApi = asksTheApi;
    this.asksTheDatabase = asksTheDatabase;
    this.longest = longest;
  }

  static ShippedJob in(Workload workload) {
    String container = workload.container().getName();
    boolean makesObjects =
        workload.container().getArgs().stream().limit(1).anyMatch(MAKING_OBJECTS::contains);
    return Arrays.stream(values())
        .filter(job -> job.container.equals(container))
        .filter(job -> makesObjects == (job == RESTORE_RUN))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no job of ours has a container " + container));
  }

  /// How many images there are.
  static int images() {
    return (int) Arrays.stream(values()).map(job -> job.container).distinct().count();
  }

  /// Its own settings, which also know how they have to fit together.
  JobProgram program() {
    return switch (this) {
      case SNAPSHOT -> new SnapshotCommand();
      case ARCHIVER -> new ArchiverProgram();
      case RESTORE, RESTORE_RUN -> new RestoreProgram();
    };
  }

  /// Whether it needs an account with rights, and a token of it.
  boolean asksTheApi() {
    return asksTheApi;
  }

  boolean asksTheDatabase() {
    return asksTheDatabase;
  }

  /// How long a Job may be there, from when it is due.
  Duration longest() {
    return longest;
  }
}
