package dev.snapshotjobs.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.S3Settings;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.restore.Main;
import dev.snapshotjobs.restore.RestoreProgram;
import dev.snapshotjobs.restore.ServerArguments;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Replays the logs behind a snapshot on copies of it, each on a server of its own, and holds the
/// rows against those of the source.
///
/// @param base the data at the cut
/// @param logs those that begin at the cut
/// @param checksums of the source in the end
record Replays(Path base, List<Path> logs, S3Server store, String restore, String checksums) {
  /// Of the source as well, so that a copy's redo log need not be made anew.
  static final List<String> SIZES =
      List.of("--innodb-log-file-size=96M", "--innodb-buffer-pool-size=512M");

  private static final ArchiveKeys KEYS = new ArchiveKeys("", "shop");
  private static final String SNAPSHOT = "shop-monday";
  private static final String LOGS = "mysql-bin";
  private static final List<String> PHASES = List.of("recover", "replay", "validate", "finish");

  private static final Map<String, String> BUCKET =
      Map.of("INSTANCE", "shop", "S3_BUCKET", S3Server.BUCKET, "S3_PATH_STYLE", "true");

  /// What snapshot-job would record of a snapshot that is cut now, at the beginning of a log.
  static CatalogueEntry cut(LoggedServer server) throws SQLException {
    server.run("FLUSH BINARY LOGS", "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS");
    Instant now = Instant.now();
    List<Path> closed = server.files();
    String last = closed.getLast().getFileName().toString();
    String log = "%s.%06d".formatted(LOGS, Integer.parseInt(last.replaceFirst(".*\\.", "")) + 1);
    return new CatalogueEntry(
        "shop",
        new CatalogueEntry.Snapshot("shop", SNAPSHOT, "uid", "csi", now, Optional.empty()),
        new CatalogueEntry.Content("content", "driver", "handle"),
        new CatalogueEntry.Claim("data-mariadb-0", "standard", 1 << 30),
        Map.of(SnapshotKeys.INSTANCE, "shop", SnapshotKeys.STATE, "consistent"),
        Map.of(
            SnapshotKeys.GTID_BINLOG_POS,
            server.ask("SELECT @@gtid_binlog_pos"),
            SnapshotKeys.GTID_BINLOG_STATE,
            server.ask("SELECT @@gtid_binlog_state"),
            SnapshotKeys.BINLOG_FILE,
            log,
            SnapshotKeys.BINLOG_OFFSET,
            server.ask("SHOW MASTER STATUS", 2),
            SnapshotKeys.CUT_SEEN_AT,
            now.toString(),
            SnapshotKeys.SERVER_SETTINGS,
            JsonMapper.shared()
                .writeValueAsString(
                    Map.of(
                        "datadir",
                        server.dataDir() + "/",
                        "log_bin_basename",
                        server.dataDir().resolve(LOGS).toString(),
                        "server_id",
                        "1"))),
        now);
  }

  /// Puts entry and plan into the bucket that has the logs.
  ///
  /// @param source a server that logs nothing more
  static Replays plan(
      Path base, List<Path> logs, S3Server store, CatalogueEntry entry, LoggedServer source)
      throws SQLException {
    String last = source.ask("SELECT @@gtid_binlog_pos");
    String checksums = ShopHistory.checksums(source);
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
    try (S3ObjectStore bucket = S3ObjectStore.connect(settings)) {
      bucket.putIfAbsent(
          new ObjectKey(KEYS.key(new SnapshotEntry(SNAPSHOT))), entry.json(), WriteOptions.JSON);
      String plan = planned(store, last);
      String id = JsonMapper.shared().readTree(plan).path("id").asString();
      bucket.putIfAbsent(
          new ObjectKey(KEYS.key(new RestorePlan(id))), plan.getBytes(UTF_8), WriteOptions.JSON);
      return new Replays(base, logs, store, id, checksums);
    }
  }

  private static String planned(S3Server store, String last) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        JobMain.run(
            new RestoreProgram(),
            new String[] {"plan", "--to-gtid", last, "--quick", "--output", "json"},
            environment(store),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            InstantSource.system(),
            new StopSignal());
    if (exit != 0) {
      throw new IllegalStateException("plan ended with " + exit + ": " + err.toString(UTF_8));
    }
    return out.toString(UTF_8);
  }

  private static Map<String, String> environment(S3Server store) {
    Map<String, String> environment = new LinkedHashMap<>(BUCKET);
    environment.put("S3_ENDPOINT", store.endpoint().toString());
    return environment;
  }

  Replayed run(ReplayMethod method) throws IOException, InterruptedException, SQLException {
    Path copy = Files.createTempDirectory("benchmark-copy");
    Path scratch = Files.createTempDirectory("benchmark-scratch");
    try {
      Folders.copy(base, copy);
      Replayed replayed =
          switch (method) {
            case PIPE -> pipe(copy, scratch);
            case JOB -> job(copy, scratch);
          };
      requireSameRows(copy);
      return replayed;
    } finally {
      Folders.delete(copy);
      Folders.delete(scratch);
    }
  }

  private Replayed pipe(Path copy, Path scratch) throws IOException, InterruptedException {
    long plain = 0;
    for (Path log : logs) {
      plain += Files.size(log);
    }
    try (MariaDbServer server = start(copy, scratch, false)) {
      Duration before = cpu(server);
      String files = logs.stream().map(Path::toString).collect(Collectors.joining(" "));
      Effort effort =
          new ChildProcess(
                  List.of(
                      "sh",
                      "-c",
                      "(echo 'SET SESSION sql_log_bin=0;'; mariadb-binlog %s) | mariadb --skip-ssl --host=%s --port=%d --user=root --max-allowed-packet=1G"
                          .formatted(files, server.address(), server.port())),
                  Map.of())
              .run();
      return new Replayed(new Done(effort, plain), cpu(server).minus(before), Map.of());
    }
  }

  private Replayed job(Path copy, Path scratch) throws IOException, InterruptedException {
    Effort inspect = step(copy, scratch, "inspect").run();
    long starting = System.nanoTime();
    MariaDbServer server = start(copy, scratch, true);
    Duration start = since(starting);
    try {
      Duration before = cpu(server);
      Path outcome = Files.createTempFile("benchmark-outcome", "");
      AtomicLong room = new AtomicLong();
      Effort replay =
          step(
                  copy,
                  scratch,
                  "replay",
                  outcome,
                  "--server-host",
                  server.address(),
                  "--server-port",
                  Integer.toString(server.port()))
              .run(() -> room.accumulateAndGet(Folders.bytes(scratch), Math::max));
      Duration cpu = cpu(server).minus(before);
      JsonNode told = JsonMapper.shared().readTree(Files.readString(outcome)).path("phases");
      Files.delete(outcome);
      long stopping = System.nanoTime();
      server.stop();
      Map<String, Duration> phases = new LinkedHashMap<>();
      phases.put("inspect, a cold JVM", inspect.wallTime());
      phases.put("the server's start, with its crash recovery", start);
      Duration counted = Duration.ZERO;
      for (String name : PHASES) {
        Duration phase = Duration.ofMillis(Math.round(told.path(name).asDouble() * 1000));
        counted = counted.plus(phase);
        phases.put("replay: phase " + name, phase);
      }
      phases.put("replay: a cold JVM, and all else", replay.wallTime().minus(counted));
      phases.put("the server's clean end", since(stopping));
      return new Replayed(new Done(inspect.then(replay), room.get()), cpu, phases);
    } finally {
      server.close();
    }
  }

  private ChildProcess step(Path copy, Path scratch, String command) {
    return step(copy, scratch, command, Path.of("/dev/null"));
  }

  private ChildProcess step(Path copy, Path scratch, String command, Path outcome, String... more) {
    Map<String, String> environment = environment(store);
    environment.put("TERMINATION_LOG", outcome.toString());
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--restore-id",
                restore,
                "--data-dir",
                copy.toString(),
                "--scratch",
                scratch.toString()));
    arguments.addAll(List.of(more));
    return ChildProcess.java(
        store, environment, Main.class.getName(), arguments.toArray(String[]::new));
  }

  /// As the pod of a restore starts it, at an address of its own.
  ///
  /// @param letIn whether `inspect` has said how restore-job gets in
  private static MariaDbServer start(Path copy, Path scratch, boolean letIn) {
    List<String> arguments = new ArrayList<>(List.of("--user=root"));
    ServerArguments restore =
        new ServerArguments(
            Map.of("datadir", copy + "/", "log_bin_basename", copy.resolve(LOGS).toString()),
            scratch);
    restore.list().stream()
        .filter(argument -> !argument.matches("--(no-defaults$|bind-address=|port=).*"))
        .filter(argument -> letIn || !argument.startsWith("--init-file="))
        .forEach(arguments::add);
    arguments.addAll(SIZES);
    return MariaDbServer.start(MariaDbServer.Spec.of(copy, "restore", arguments));
  }

  private void requireSameRows(Path copy) throws SQLException {
    List<String> arguments = List.of("--user=root", "--skip-log-bin", SIZES.getFirst());
    try (MariaDbServer server =
            MariaDbServer.start(MariaDbServer.Spec.of(copy, "mariadb-0", arguments));
        Connection connection = server.connect("shop")) {
      String found = ShopHistory.checksums(connection);
      if (!found.equals(checksums)) {
        throw new IllegalStateException("replayed %s, and not %s".formatted(found, checksums));
      }
    }
  }

  private static Duration cpu(MariaDbServer server) {
    return ProcessHandle.of(server.pid())
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow();
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
