package dev.snapshotjobs.demo;

import dev.snapshotjobs.archiver.Main;
import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.S3Server;
import dev.snapshotjobs.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// binlog-archiver as its image would run it, and the bucket that it fills.
record Archiver(Sandbox sandbox, DatabasePod pod, Path password, S3Server store) {
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
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "INSTANCE",
                "shop",
                "MARIADB_HOST",
                pod.server().address(),
                "MARIADB_PORT",
                Integer.toString(pod.server().port()),
                "MARIADB_USER",
                "binlog_archiver",
                "MARIADB_PASSWORD_FILE",
                password.toString(),
                "S3_BUCKET",
                S3Server.BUCKET,
                "S3_ENDPOINT",
                store.endpoint().toString(),
                "S3_PATH_STYLE",
                "true"));
    settings.put("AWS_ACCESS_KEY_ID", store.accessKey());
    settings.put("AWS_SECRET_ACCESS_KEY", store.secretKey());
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

  /// What lies in the bucket, in the order of its keys.
  List<StoredObject> objects() {
    System.setProperty("aws.accessKeyId", store.accessKey());
    System.setProperty("aws.secretAccessKey", store.secretKey());
    S3Settings settings =
        new S3Settings(
            S3Server.BUCKET,
            "",
            Optional.of(store.endpoint()),
            Optional.empty(),
            true,
            S3Server.REGION,
            SseMode.NONE,
            Optional.empty(),
            ChecksumMode.WHEN_SUPPORTED);
    try (S3ObjectStore bucket = S3ObjectStore.connect(settings);
        Stream<StoredObject> objects = bucket.list("shop/")) {
      return objects.toList();
    }
  }
}
