package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.snapshotjobs.archiver.ArchiverProgram;
import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.JobProgram;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.SandboxStore;
import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real server, a bucket that the real archiver fills, and restore-job, which knows the bucket
/// and nothing else.
final class ArchivedShop implements AutoCloseable {
  final LoggingServer server;
  final S3Server s3 = S3Server.start();
  private final S3ObjectStore store;

  ArchivedShop(String... options) throws Exception {
    store = SandboxStore.connect(s3, "");
    server = LoggingServer.start(options);
    server.run(
        "CREATE USER archiver@'%' IDENTIFIED BY 's3cret'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO archiver@'%'");
  }

  record Ended(int exit, String out, String err) {
    JsonNode outcome() {
      return JsonMapper.shared().readTree(err.lines().toList().getLast()).path("outcome");
    }

    String message() {
      return outcome().path("message").asString();
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  Ended archive() {
    return archive(server.server());
  }

  Ended archive(MariaDbServer from) {
    Map<String, String> environment = environment("shop");
    environment.put("MARIADB_HOST", from.address());
    environment.put("MARIADB_PORT", Integer.toString(from.port()));
    environment.put("MARIADB_USER", "archiver");
    environment.put("MARIADB_PASSWORD", "s3cret");
    return run(new ArchiverProgram(), environment, List.of("archive"));
  }

  Ended restoreJob(String command, String... args) {
    return restoreJobOf("shop", command, args);
  }

  Ended restoreJobOf(String instance, String command, String... args) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(Arrays.asList(args));
    return run(new RestoreProgram(), environment(instance), all);
  }

  Ended restoreJob(StopSignal stop, List<String> command) {
    return run(new RestoreProgram(), environment("shop"), command, stop);
  }

  /// As a process of its own, which can be killed.
  Process restoreProcess(List<String> command) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    line.addAll(command);
    ProcessBuilder process =
        new ProcessBuilder(line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    process.environment().clear();
    process.environment().putAll(environment("shop"));
    process.environment().put("AWS_REGION", S3Server.REGION);
    process.environment().put("AWS_ACCESS_KEY_ID", s3.accessKey());
    process.environment().put("AWS_SECRET_ACCESS_KEY", s3.secretKey());
    return process.start();
  }

  Ended restoreJob(Map<String, String> more, List<String> command) {
    Map<String, String> environment = environment("shop");
    environment.putAll(more);
    return run(new RestoreProgram(), environment, command);
  }

  private Map<String, String> environment(String instance) {
    return new HashMap<>(
        Map.of(
            "INSTANCE",
            instance,
            "S3_BUCKET",
            S3Server.BUCKET,
            "S3_ENDPOINT",
            s3.endpoint().toString(),
            "S3_PATH_STYLE",
            "true"));
  }

  private static Ended run(JobProgram program, Map<String, String> environment, List<String> args) {
    return run(program, environment, args, new StopSignal());
  }

  private static Ended run(
      JobProgram program, Map<String, String> environment, List<String> args, StopSignal stop) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        JobMain.run(
            program,
            args.toArray(String[]::new),
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            InstantSource.system(),
            stop);
    return new Ended(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  /// Begins a new log and records a snapshot at its beginning, as snapshot-job does under its lock.
  void snapshot(String name) throws Exception {
    server.rotate();
    snapshot(
        name,
        "consistent",
        Map.of(
            SnapshotKeys.GTID_BINLOG_POS,
            server.ask("SELECT @@gtid_binlog_pos"),
            SnapshotKeys.GTID_BINLOG_STATE,
            server.ask("SELECT @@gtid_binlog_state"),
            SnapshotKeys.BINLOG_FILE,
            server.logs().getLast(),
            SnapshotKeys.BINLOG_OFFSET,
            Long.toString(server.offset())));
  }

  /// As snapshot-job does without a lock.
  void snapshotWithoutPosition(String name) throws Exception {
    snapshot(name, "crash-consistent", Map.of(SnapshotKeys.MODE, SnapshotState.WITHOUT_LOCK));
  }

  private void snapshot(String name, String consistency, Map<String, String> more)
      throws Exception {
    Instant now = Instant.now();
    Map<String, String> labels =
        Map.of(SnapshotKeys.INSTANCE, "shop", SnapshotKeys.STATE, consistency);
    Map<String, String> annotations = new TreeMap<>(more);
    annotations.putAll(
        Map.of(
            SnapshotKeys.CUT_SEEN_AT,
            now.toString(),
            SnapshotKeys.SERVER_SETTINGS,
            JsonMapper.shared()
                .writeValueAsString(
                    Map.of(
                        "datadir",
                        server.dataDir() + "/",
                        "log_bin_basename",
                        server.ask("SELECT @@log_bin_basename"),
                        "server_id",
                        server.ask("SELECT @@server_id")))));
    CatalogueEntry entry =
        new CatalogueEntry(
            "shop",
            new CatalogueEntry.Snapshot(
                "shop", name, "uid-of-" + name, "csi", now, Optional.empty()),
            new CatalogueEntry.Content("content-of-" + name, "driver", "handle-of-" + name),
            new CatalogueEntry.Claim("data-mariadb-0", "standard", 1 << 30),
            labels,
            annotations,
            now);
    ObjectKey key = new ObjectKey(new ArchiveKeys("", "shop").key(new SnapshotEntry(name)));
    store.putIfAbsent(key, entry.json(), WriteOptions.JSON);
  }

  /// Records a snapshot and copies the data, as a storage does while nobody writes.
  Path copy(String name) throws Exception {
    server.run("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"); // as under the lock
    snapshot(name);
    return copyOnly();
  }

  /// The data as they are now.
  Path copyOnly() throws Exception {
    Path copy = Files.createTempDirectory("copy");
    String pid = Long.toString(server.server().pid());
    command("kill", "-STOP", pid);
    try {
      command("cp", "-a", "--no-target-directory", server.dataDir().toString(), copy.toString());
    } finally {
      command("kill", "-CONT", pid);
    }
    return copy;
  }

  static void command(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
    }
  }

  /// Puts what `plan` says into the bucket, as `pitr` does.
  ///
  /// @return the id of the restore
  String plan(String... target) {
    List<String> args = new ArrayList<>(List.of("plan", "--output", "json"));
    args.addAll(List.of(target));
    Ended ended = run(new RestoreProgram(), environment("shop"), args);
    if (ended.exit() != 0) {
      throw new IllegalStateException(ended.err());
    }
    String id = ended.json().path("id").asString();
    store.putIfAbsent(
        new ObjectKey(new ArchiveKeys("", "shop").key(new RestorePlan(id))),
        ended.out().getBytes(UTF_8),
        WriteOptions.JSON);
    return id;
  }

  /// What lies in the bucket.
  Map<String, byte[]> objects() throws IOException {
    Map<String, byte[]> objects = new TreeMap<>();
    List<ObjectKey> keys;
    try (Stream<StoredObject> all = store.list("shop/")) {
      keys = all.map(StoredObject::key).toList();
    }
    for (ObjectKey key : keys) {
      try (ObjectContent content = store.get(key).orElseThrow()) {
        objects.put(key.value(), content.readAllBytes());
      }
    }
    return objects;
  }

  /// Puts something else under a key; null takes it away.
  void replace(String key, byte @Nullable [] content) {
    store.delete(new ObjectKey(key));
    if (content != null) {
      store.putIfAbsent(new ObjectKey(key), content, WriteOptions.BINARY);
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
    server.close();
    s3.close();
  }
}
