package dev.snapshotjobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.ArchiveKeys;
import dev.snapshotjobs.common.archive.ArchiveObject;
import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.BaseTimeline;
import dev.snapshotjobs.common.archive.BaseTimeline.LogStart;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.objects.ObjectContent;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.StoredObject;
import dev.snapshotjobs.sandbox.DatabasePod;
import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.MariaDbDeployment;
import dev.snapshotjobs.sandbox.S3Server;
import dev.snapshotjobs.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two jobs that know nothing of each other leave in one bucket what fits together: of each base,
/// taken by the real job, the timeline is found among the logs that the real archiver has archived.
class BaseAndLogsTest {
  private static final Duration JOB_MAY_TAKE = Duration.ofMinutes(2);
  private static final String PASSWORD = "s3cret";
  private static final ArchiveKeys KEYS = new ArchiveKeys("", "shop");

  private final Sandbox sandbox = Sandbox.start();
  private final S3Server s3 = S3Server.start();

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private DatabasePod pod;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private S3ObjectStore store;

  @BeforeEach
  void start() throws Exception {
    store = new Bucket(s3).connect();
    pod = sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst();
    execute(
        "CREATE USER snapshot_job@'%' IDENTIFIED BY '" + PASSWORD + "'",
        "CREATE USER binlog_archiver@'%' IDENTIFIED BY '" + PASSWORD + "'",
        grant("snapshot-job.sql"),
        grant("binlog-archiver.sql"),
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, article VARCHAR(60))");
  }

  @AfterEach
  void close() {
    store.close();
    s3.close();
    sandbox.close();
  }

  /// The one statement of the file, without its comments.
  private static String grant(String file) throws IOException {
    return Files.readAllLines(Path.of("../manifests/grants", file)).stream()
        .filter(line -> !line.startsWith("--"))
        .collect(Collectors.joining("\n"));
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void order() throws SQLException {
    execute("INSERT INTO shop.orders (article) VALUES ('bicycle')");
  }

  private JsonNode run(String main, int exit, Map<String, String> settings, String... args) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.putAll(
        Map.of(
            "INSTANCE",
            "shop",
            "MARIADB_PASSWORD",
            PASSWORD,
            "S3_BUCKET",
            S3Server.BUCKET,
            "S3_ENDPOINT",
            s3.endpoint().toString(),
            "S3_PATH_STYLE",
            "true",
            "AWS_ACCESS_KEY_ID",
            s3.accessKey(),
            "AWS_SECRET_ACCESS_KEY",
            s3.secretKey()));
    JobProcess job = sandbox.startJob(JobProcess.Spec.of(main, args).withEnv(environment));
    assertThat(job.awaitExit(JOB_MAY_TAKE)).as(job.stderr()).isEqualTo(exit);
    return JsonMapper.shared().readTree(job.terminationMessage());
  }

  private CatalogueEntry base() throws IOException {
    JsonNode outcome =
        run(
            dev.snapshotjobs.snapshot.Main.class.getName(),
            0,
            Map.of(
                "NAMESPACE", "shop",
                "STATEFULSET", "mariadb",
                "VOLUME_SNAPSHOT_CLASS", "sandbox",
                "MARIADB_USER", "snapshot_job"));
    String name =
        outcome.path("objects").values().stream()
            .filter(object -> object.path("kind").asString().equals("VolumeSnapshot"))
            .map(object -> object.path("name").asString())
            .findFirst()
            .orElseThrow();
    ObjectKey key = new ObjectKey(KEYS.key(new ArchiveObject.SnapshotEntry(name)));
    return CatalogueEntry.read(key.value(), bytes(key));
  }

  private void archive(int exit) {
    run(
        dev.snapshotjobs.archiver.Main.class.getName(),
        exit,
        Map.of(
            "MARIADB_HOST",
            pod.server().address(),
            "MARIADB_PORT",
            Integer.toString(pod.server().port()),
            "MARIADB_USER",
            "binlog_archiver"),
        "archive");
  }

  private byte[] bytes(ObjectKey key) throws IOException {
    try (ObjectContent content = store.get(key).orElseThrow()) {
      return content.readAllBytes();
    }
  }

  /// The beginnings of all logs in the bucket.
  private List<LogStart> starts() throws IOException {
    List<ObjectKey> keys;
    try (Stream<StoredObject> found = store.list(KEYS.timelines())) {
      keys = found.map(StoredObject::key).toList();
    }
    List<LogStart> starts = new ArrayList<>();
    for (ObjectKey key : keys) {
      switch (KEYS.parse(key.value()).orElse(null)) {
        case ArchiveObject.OfLog log when log.part() == LogPart.MANIFEST -> {
          Manifest manifest = Manifest.read(key.value(), bytes(key));
          starts.add(new LogStart(log.timeline(), log.log(), manifest.content().start()));
        }
        case ArchiveObject.OfChunk chunk when chunk.part() == ChunkPart.DOCUMENT -> {
          TailChunk document = TailChunk.read(key.value(), bytes(key));
          starts.add(new LogStart(chunk.timeline(), chunk.log(), document.prefix().start()));
        }
        case null, default -> {}
      }
    }
    return starts;
  }

  private BaseTimeline timelineOf(CatalogueEntry base) throws IOException {
    return BaseTimeline.of(base, starts());
  }

  @Test
  void findsTheTimelineOfEachBaseAlsoWhereNamesOfLogsComeAgain() throws Exception {
    order();
    CatalogueEntry inSealedLog = base();
    order();
    CatalogueEntry inOpenLog = base();
    order();

    assertThat(timelineOf(inSealedLog)).isInstanceOf(BaseTimeline.None.class);

    archive(0);

    BaseTimeline first = new BaseTimeline.Found(TimelineId.FIRST);
    assertThat(inSealedLog.place()).isNotEqualTo(inOpenLog.place());
    assertThat(timelineOf(inSealedLog)).isEqualTo(first);
    assertThat(timelineOf(inOpenLog)).isEqualTo(first);

    execute("RESET MASTER");
    order();
    CatalogueEntry afterReset = base();
    order();
    archive(4);

    assertThat(afterReset.place().orElseThrow().log())
        .as("the name has come again")
        .isEqualTo(inSealedLog.place().orElseThrow().log());
    assertThat(timelineOf(afterReset)).isEqualTo(new BaseTimeline.Found(new TimelineId(2)));
    assertThat(timelineOf(inSealedLog)).isEqualTo(first);
    assertThat(timelineOf(inOpenLog)).isEqualTo(first);
  }
}
