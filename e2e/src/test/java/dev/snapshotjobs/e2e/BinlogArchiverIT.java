package dev.snapshotjobs.e2e;

import static dev.snapshotjobs.e2e.Shop.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.sandbox.WriteLoad;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// binlog-archiver as shipped: its image, its YAML and its account, between a real server and a
/// real store.
@ExtendWith(InKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BinlogArchiverIT {
  private static final String ACCOUNT = "mariadb-binlog-archiver";
  private static final String CRON_JOB = "mariadb-binlog-archiver";
  private static final int MIB = 1 << 20;

  private KindCluster cluster;
  private Shop shop;
  private Archive archive;

  @BeforeAll
  void followTheInstallPage(KindCluster cluster) throws Exception {
    this.cluster = cluster;
    this.shop = Shop.install(cluster);
    this.archive = shop.archive();
  }

  private JobRun start(String name, int retries, Map<String, String> settings) {
    return JobRun.start(cluster, CRON_JOB, name, retries, settings);
  }

  /// What a run reported that archived everything.
  private JsonNode archived(JobRun run) {
    JsonNode outcome = run.complete();
    assertThat(outcome.get("verdict").asString()).isEqualTo("archived");
    return outcome;
  }

  @Test
  @Order(1)
  void endsTheInstallPageWithTheBinaryLogInTheBucket() {
    JsonNode outcome = archived(new JobRun(cluster, "first-archive"));

    archive.assertComplete(outcome);
    assertThat(archive.manifests()).isNotEmpty();
    archive
        .manifests()
        .keySet()
        .forEach(log -> assertThat(archive.decoded(log)).contains("Start: "));
  }

  @Test
  @Order(2)
  void archivesWhatIsWrittenMeanwhileAndLaterOnlyWhatIsNew() throws Exception {
    shop.execute("DROP DATABASE IF EXISTS shop");
    long acknowledged;
    JsonNode during;
    try (WriteLoad load = WriteLoad.start(shop.jdbcUrl(), 4, List.of("InnoDB"))) {
      for (int log = 0; log < 3; log++) {
        load.awaitMore(300);
        shop.execute("FLUSH BINARY LOGS");
      }
      load.awaitMore(300);
      acknowledged = load.commits().stream().mapToLong(WriteLoad.Commit::sequence).max().orElse(0);
      JobRun run = start("during-load", 0, Map.of());
      load.awaitMore(300);
      shop.execute("FLUSH BINARY LOGS");
      during = archived(run);
      load.awaitMore(300);
      load.stop();
      assertThat(load.failures()).isEmpty();
    }

    archive.assertComplete(during);
    assertThat(sequence(during)).isGreaterThanOrEqualTo(acknowledged);
    Map<String, String> before = archive.objects();

    JsonNode later = archived(start("after-load", 0, Map.of()));

    archive.assertComplete(later);
    assertThat(later.at("/positions/gtid_archived").asString())
        .isEqualTo(shop.ask("SELECT @@gtid_binlog_pos"));
    Map<String, String> after = archive.objects();
    // Of logs that were not closed yet.
    before.keySet().removeIf(key -> key.startsWith("0001/tail/"));
    assertThat(after).as("nothing is written again").containsAllEntriesOf(before);

    // A later one at the same place takes its place.
    after.keySet().removeIf(key -> key.contains("/mark-"));
    JsonNode again = archived(start("nothing-new", 0, Map.of()));

    assertThat(again.get("message").asString()).contains("0 logs sealed");
    // The server may add a checkpoint by itself.
    assertThat(archive.objects()).containsAllEntriesOf(after);
    archive.assertComplete(again);
  }

  private static long sequence(JsonNode outcome) {
    return GtidPosition.parse(outcome.at("/positions/gtid_archived").asString())
        .in(0)
        .orElseThrow()
        .sequence();
  }

  @Test
  @Order(3)
  void followsTheServerAndLeavesTheSameArchive() throws Exception {
    shop.execute("DROP DATABASE IF EXISTS shop");
    JsonNode outcome;
    try (WriteLoad load = WriteLoad.start(shop.jdbcUrl(), 2, List.of("InnoDB"))) {
      // A log of its own, of which nothing is archived yet.
      shop.execute("FLUSH BINARY LOGS");
      JobRun run = start("following", 0, Map.of("FOLLOW", "40s", "TAIL_INTERVAL", "2s"));
      archive.awaitChunks(3);
      shop.execute("FLUSH BINARY LOGS");
      archive.awaitChunks(3);
      load.stop();
      assertThat(load.failures()).isEmpty();
      outcome = archived(run);
    }

    archive.assertComplete(outcome);
    assertThat(outcome.at("/positions/gtid_archived").asString())
        .isEqualTo(shop.ask("SELECT @@gtid_binlog_pos"));
  }

  /// In the 256 MiB of the CronJob. The first pod is killed in the middle, and nothing of it can
  /// undo anything: what it has uploaded of the log stays unfinished, and its lock on the server
  /// ends with its connection.
  @Test
  @Order(4)
  void sealsALogThatIsLargerThanItsMemoryAlsoAfterItWasKilled() throws Exception {
    shop.execute("FLUSH BINARY LOGS");
    writeLarge(1016); // at 1 GiB the server would begin another by itself
    shop.execute("FLUSH BINARY LOGS");
    int sealedBefore = archive.manifests().size();

    JobRun run = start("killed", 1, Map.of());
    Pod first = run.awaitPod(pod -> pod.getStatus().getPhase().equals("Running"));
    archive.awaitUpload();
    cluster.client().pods().resource(first).withGracePeriod(0).delete();

    JsonNode outcome = archived(run);
    Pod second = run.pods().getLast();
    assertThat(second.getMetadata().getUid()).isNotEqualTo(first.getMetadata().getUid());
    assertThat(archive.manifests()).hasSize(sealedBefore + 2);
    archive.assertComplete(outcome);
  }

  /// Statements of 8 MiB, all of them for one row, so that the data do not grow along.
  private void writeLarge(int mebibytes) throws Exception {
    Random random = new Random(1);
    byte[] bytes = new byte[4 * MIB];
    try (Connection connection = DriverManager.getConnection(shop.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE IF NOT EXISTS shop");
      statement.execute(
          "CREATE TABLE shop.large (id INT PRIMARY KEY, content LONGBLOB)"
              + " ENGINE=Aria TRANSACTIONAL=0");
      statement.execute("SET SESSION binlog_format=STATEMENT");
      try (PreparedStatement replace =
          connection.prepareStatement("REPLACE INTO shop.large VALUES (1, UNHEX(?))")) {
        for (int written = 0; written < mebibytes; written += 8) {
          random.nextBytes(bytes);
          replace.setString(1, HexFormat.of().formatHex(bytes));
          replace.execute();
        }
      }
    }
  }

  @Test
  @Order(5)
  void tellsWrongKeysOfTheBucketAndIsNotTriedAgain() {
    JobRun run =
        start("wrong-keys", 2, Map.of("AWS_SECRET_ACCESS_KEY", "not-the-key-of-this-bucket"));

    assertThat(run.awaitEnd()).isEqualTo("Failed PodFailurePolicy");
    JsonNode outcome = run.outcome(run.onlyPod());
    assertThat(outcome.get("exit").asInt()).isEqualTo(2);
    assertThat(outcome.get("next_step").asString()).contains("AWS_SECRET_ACCESS_KEY");
  }

  /// The library of zstd is loaded from /tmp, which somebody else's user has to be able to do.
  @Test
  @Order(6)
  void needsNoUserOfItsOwn() throws Exception {
    shop.execute("FLUSH BINARY LOGS");

    JobRun run = JobRun.start(cluster, CRON_JOB, "any-user", JobRun::withAUserOfTheCluster);

    archive.assertComplete(archived(run));
  }

  /// With 1, which counts as a failure, by the JVM's flag in the image; the usual flag for it ends
  /// with 3, which says here that a safety check refused.
  @Test
  @Order(7)
  void isTriedAgainWhenItsMemoryRunsOut() {
    JobRun run = start("out-of-memory", 0, Map.of("JAVA_TOOL_OPTIONS", "-Xmx6m"));

    assertThat(run.awaitEnd()).isEqualTo("Failed BackoffLimitExceeded");
    ContainerStateTerminated end = JobRun.end(run.onlyPod());
    assertThat(end.getExitCode()).isEqualTo(1);
    assertThat(end.getMessage()).contains("OutOfMemory encountered");
  }

  /// Last, because it looks at what all runs before it asked for.
  @Test
  @Order(8)
  void asksNothingOfTheApiAndMayNot() {
    assertThat(cluster.auditLog())
        .noneMatch(line -> line.contains("system:serviceaccount:" + NAMESPACE + ":" + ACCOUNT));
    assertThat(Access.reviewed(cluster, ACCOUNT))
        .as("kubectl auth can-i --list")
        .isEqualTo(Access.reviewed(cluster, "an-account-without-any-role"));
  }
}
