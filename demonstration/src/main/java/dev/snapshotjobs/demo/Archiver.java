package dev.snapshotjobs.demo;

import dev.snapshotjobs.archiver.Main;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// binlog-archiver as its image would run it.
record Archiver(Sandbox sandbox, DatabasePod pod, Path password, Bucket bucket) {
  /// The whole command line: whoever wants another way of archiving changes it here.
  private static final String[] COMMAND = {"archive"};

  private static final Duration MAY_TAKE = Duration.ofMinutes(2);

  /// A run that has ended.
  record Ended(int exit, JsonNode outcome, Duration wallTime, long atNanos, String errors) {
    /// The sequence number of the last transaction that is in the bucket.
    long sequence() {
      String gtid = outcome.path("positions").path("gtid_archived").asString();
      return Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1));
    }
  }

  Ended run() {
    Map<String, String> settings = new HashMap<>(bucket.settings());
    settings.put("MARIADB_HOST", pod.server().address());
    settings.put("MARIADB_PORT", Integer.toString(pod.server().port()));
    settings.put("MARIADB_USER", "binlog_archiver");
    settings.put("MARIADB_PASSWORD_FILE", password.toString());
    JobProcess job =
        sandbox.startJob(
            JobProcess.Spec.of(Main.class.getName(), COMMAND)
                .withEnv(settings)
                .withJvmArgs(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED"));
    int exit = job.awaitExit(MAY_TAKE);
    long end = System.nanoTime();
    JsonNode outcome = JsonMapper.shared().readTree(job.terminationMessage());
    return new Ended(exit, outcome, job.wallTime(), end, job.stderr());
  }
}
