package dev.snapshotjobs.archiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.FrameReader;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TailReader;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.InUseFlag;
import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.SandboxStore;
import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server with a binary log, a bucket, and the job between them, with an account that has no more
/// rights than manifests/grants gives it.
final class ArchivedServer implements AutoCloseable {
  static final String PASSWORD = "s3cret";

  final S3Server s3 = S3Server.start();
  final S3ObjectStore store;
  final BucketArchive archive;
  LoggingServer server;

  /// What the job takes for the time.
  volatile InstantSource clock = InstantSource.system();

  private ArchivedServer(LoggingServer server) throws IOException, SQLException {
    this.server = server;
    store = SandboxStore.connect(s3, "backups");
    archive = new BucketArchive(store, "shop");
    server.run(
        "CREATE USER binlog_archiver@'%' IDENTIFIED BY '" + PASSWORD + "'",
        grant("binlog-archiver"),
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, article VARCHAR(60))");
  }

  /// Positions between which the archiver saw nothing.
  record Purged(String from, String to) {}

  /// Purges two logs that the archiver has not read.
  Purged purgeUnseen() throws IOException, SQLException {
    String from = server.ask("SELECT @@gtid_binlog_pos");
    write(5);
    server.rotate();
    write(5);
    server.rotate();
    String to = server.ask("SELECT @@gtid_binlog_pos");
    write(2);
    server.purgeTo(server.logs().getLast());
    return new Purged(from, to);
  }

  /// The one statement of a file of manifests/grants, without its comments.
  static String grant(String file) throws IOException {
    return Files.readAllLines(Path.of("../manifests/grants/" + file + ".sql")).stream()
        .filter(line -> !line.startsWith("--"))
        .collect(Collectors.joining("\n"));
  }

  static ArchivedServer start(String... options) throws IOException, SQLException {
    return new ArchivedServer(LoggingServer.start(options));
  }

  /// How a run ended.
  record Ended(int exit, String out, String err) {
    JsonNode outcome() {
      return JsonMapper.shared().readTree(err.lines().toList().getLast()).path("outcome");
    }

    String message() {
      return outcome().path("message").asString();
    }

    String verdict() {
      return outcome().path("verdict").asString();
    }

    String reason() {
      return outcome().path("reason").asString();
    }
  }

  Ended run(String... args) {
    return run(Map.of(), new StopSignal(), args);
  }

  Ended run(Map<String, String> more, StopSignal stop, String... args) {
    return run(more, stop, () -> clock.instant(), args);
  }

  Ended run(Map<String, String> more, StopSignal stop, InstantSource clock, String... args) {
    Map<String, String> environment = environment();
    environment.putAll(more);
    return command("archive", environment, stop, clock, args);
  }

  /// Runs a command that needs no server.
  Ended reading(String command, String... args) {
    Map<String, String> environment = environment();
    environment.keySet().removeIf(name -> name.startsWith("MARIADB_"));
    return command(command, environment, new StopSignal(), args);
  }

  Ended command(String command, Map<String, String> environment, StopSignal stop, String... args) {
    return command(command, environment, stop, InstantSource.system(), args);
  }

  private Ended command(
      String command,
      Map<String, String> environment,
      StopSignal stop,
      InstantSource clock,
      String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(Arrays.asList(args));
    int exit =
        JobMain.run(
            new ArchiverProgram(),
            all.toArray(String[]::new),
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            clock,
            stop);
    return new Ended(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  Map<String, String> environment() {
    return new HashMap<>(
        Map.of(
            "INSTANCE",
            "shop",
            "MARIADB_HOST",
            server.server().address(),
            "MARIADB_PORT",
            Integer.toString(server.server().port()),
            "MARIADB_USER",
            "binlog_archiver",
            "MARIADB_PASSWORD",
            PASSWORD,
            "S3_BUCKET",
            S3Server.BUCKET,
            "S3_PREFIX",
            "backups",
            "S3_ENDPOINT",
            s3.endpoint().toString(),
            "S3_PATH_STYLE",
            "true"));
  }

  void write(int rows) throws SQLException {
    for (int i = 0; i < rows; i++) {
      server.run("INSERT INTO shop.orders (article) VALUES ('article " + i + "')");
    }
  }

  /// What the server's file has, as if it had closed it.
  byte[] onServer(String log) throws IOException {
    byte[] bytes = server.bytes(log);
    InUseFlag.clear(bytes, 0, bytes.length, 0);
    return bytes;
  }

  /// The plain bytes of a sealed log, by its index.
  byte[] sealed(int timeline, String log) throws IOException {
    TimelineId id = new TimelineId(timeline);
    LogName name = new LogName(log);
    LogIndex index = archive.index(id, name).orElseThrow();
    ObjectKey key = archive.key(new OfLog(id, name, LogPart.DATA));
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    new FrameReader(key.value(), index, (offset, length) -> range(key, offset, length))
        .read(0, index.size(), plain::write);
    return plain.toByteArray();
  }

  private byte[] range(ObjectKey key, long offset, int length) throws IOException {
    try (ObjectContent content = store.getRange(key, offset, length).orElseThrow()) {
      return content.readAllBytes();
    }
  }

  /// The plain bytes of the chunks of a log.
  byte[] tail(int timeline, String log) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    new TailReader(new ArchiveKeys("", "shop"), key -> store.get(new ObjectKey(key)).orElseThrow())
        .read(archive.tail(new TimelineId(timeline), new LogName(log)), plain::write);
    return plain.toByteArray();
  }

  /// Each run leaves one where nothing is new, and takes the one before away.
  static List<String> withoutMarks(List<String> keys) {
    return keys.stream().filter(key -> !key.contains("/mark-")).toList();
  }

  List<String> keys() {
    try (Stream<StoredObject> objects = store.list("shop/")) {
      return objects.map(object -> object.key().value()).toList();
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
    s3.close();
    server.close();
  }
}
