package dev.snapshotjobs.demo;

import dev.snapshotjobs.restore.Main;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.Sandbox;
import java.time.Duration;
import java.util.Arrays;

/// restore-job as its image would run it. It is told of the bucket and of nothing else.
record Questions(Sandbox sandbox, Bucket bucket) {
  private static final Duration MAY_TAKE = Duration.ofMinutes(2);

  /// An answer.
  record Answer(int exit, String text, Duration wallTime, String errors) {}

  Answer ask(String... command) {
    JobProcess job =
        sandbox.startJob(
            JobProcess.Spec.of(Main.class.getName(), Arrays.copyOf(command, command.length))
                .withEnv(bucket.settings())
                .withJvmArgs("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    int exit = job.awaitExit(MAY_TAKE);
    return new Answer(exit, job.stdout(), job.wallTime(), job.stderr());
  }
}
