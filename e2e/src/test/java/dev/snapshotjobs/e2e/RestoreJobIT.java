package dev.snapshotjobs.e2e;

import static dev.snapshotjobs.e2e.Shop.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import tools.jackson.databind.JsonNode;

/// restore-job as shipped, after somebody has dropped a table: its image, its YAML, and an account
/// of the store that may list and read and nothing else.
@ExtendWith(InKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestoreJobIT {
  private static final String ACCOUNT = "mariadb-restore";
  private static final String CRON_JOB = "mariadb-restore";
  private static final String SECRET = "mariadb-restore-bucket";
  private static final String BUCKET = Shop.BUCKET;

  private KindCluster cluster;
  private Shop shop;
  private String before;
  private String dropped;

  @BeforeAll
  void dropATable(KindCluster cluster) throws Exception {
    this.cluster = cluster;
    this.shop = Shop.install(cluster);
    shop.archive();
    new JobRun(cluster, "first-archive").complete();
    shop.beReadyToAsk();
    shop.execute(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, article VARCHAR(60))",
        "INSERT INTO shop.orders (article) VALUES ('a'), ('b'), ('c')",
        "FLUSH BINARY LOGS",
        "DELETE FROM shop.orders WHERE id > 1");
    before = shop.ask("SELECT @@gtid_binlog_pos");
    shop.execute("DROP TABLE shop.orders");
    dropped = shop.ask("SELECT @@gtid_binlog_pos");
    shop.execute("CREATE TABLE shop.later (id INT)");
    JobRun.start(cluster, "mariadb-binlog-archiver", "after-the-drop", 0, Map.of()).complete();
    shop.makeAccount("reader", "bucket-policy-aws-restore-job.json", SECRET);
  }

  private JobRun ask(String name, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--output", "json"));
    return JobRun.start(cluster, CRON_JOB, name, 0, Map.of(), all);
  }

  /// What the answers below are worth: whoever gave them could not have changed anything.
  @Test
  @Order(1)
  void hasAnAccountThatCanOnlyRead() {
    try (S3Client store = shop.storeOf(SECRET)) {
      assertThat(store.listObjectsV2(request -> request.bucket(BUCKET)).contents()).isNotEmpty();
      assertThatThrownBy(
              () ->
                  store.putObject(
                      request -> request.bucket(BUCKET).key("shop/x"), RequestBody.fromString("x")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
      assertThatThrownBy(
              () -> store.deleteObject(request -> request.bucket(BUCKET).key("shop/catalog/x")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
    }
  }

  @Test
  @Order(2)
  void findsWhoDroppedTheTable() {
    JobRun run = ask("find", "find", "--table", "shop.orders");

    JsonNode outcome = run.complete();
    JsonNode found = run.result(run.onlyPod());
    assertThat(outcome.get("reason").asString()).isEqualTo("found");
    JsonNode last = found.get("transactions").get(found.get("transactions").size() - 1);
    assertThat(last.get("gtid").asString()).isEqualTo(dropped);
    assertThat(last.get("statement").asString()).contains("DROP TABLE");
    assertThat(found.at("/before/gtid").asString()).isEqualTo(dropped);
    assertThat(found.get("transactions").toString()).contains("DELETE FROM shop.orders");
  }

  @Test
  @Order(2)
  void plansTheWayBackToRightBefore() {
    JobRun run = ask("plan", "plan", "--before-gtid", dropped);

    run.complete();
    JsonNode plan = run.result(run.onlyPod());
    assertThat(plan.get("end").asString()).isEqualTo(before);
    assertThat(plan.at("/next/gtid").asString()).isEqualTo(dropped);
    assertThat(plan.at("/next/statement").asString()).contains("DROP TABLE");
    assertThat(plan.at("/base/uid").asString())
        .isEqualTo(
            shop.snapshot(plan.at("/base/snapshot").asString())
                .orElseThrow()
                .getMetadata()
                .getUid());
    assertThat(plan.get("logsRead").asBoolean()).isTrue();
    assertThat(plan.at("/snapshot/handle").asString())
        .isEqualTo(
            shop.catalogueEntry(plan.at("/base/snapshot").asString())
                .at("/content/handle")
                .asString());
  }

  /// As the template is, without arguments of one's own.
  @Test
  @Order(2)
  void plansForTheEndWhereNobodyAsksForMore() throws Exception {
    cluster.kubectl("create", "job", "latest", "-n", NAMESPACE, "--from=cronjob/" + CRON_JOB);
    JobRun run = new JobRun(cluster, "latest");

    assertThat(run.awaitEnd()).startsWith("Complete");
    assertThat(client().pods().resource(run.onlyPod()).getLog())
        .containsPattern("ends at +GTID " + shop.ask("SELECT @@gtid_binlog_pos"));
  }

  private KubernetesClient client() {
    return cluster.client();
  }

  @Test
  @Order(2)
  void refusesWhatCannotBeReachedAndNamesWhatCan() {
    JobRun run = ask("too-early", "plan", "--to", "2020-01-01T00:00:00Z");

    assertThat(run.awaitEnd()).isEqualTo("Failed PodFailurePolicy");
    JsonNode outcome = run.outcome(run.onlyPod());
    assertThat(outcome.get("exit").asInt()).isEqualTo(3);
    assertThat(outcome.get("message").asString()).contains("the nearest behind it is snapshot");
    assertThat(run.result(run.onlyPod()).at("/after/arguments").asString())
        .startsWith("--before-gtid");
  }

  @Test
  @Order(2)
  void showsItsWindows() {
    JobRun run = ask("windows", "windows");

    run.complete();
    JsonNode windows = run.result(run.onlyPod());
    assertThat(windows.get("windows").size()).isEqualTo(1);
    assertThat(windows.at("/windows/0/proven").asBoolean()).isTrue();
  }

  /// Last, because it looks at what all runs before it asked for.
  @Test
  @Order(3)
  void asksNothingOfTheApiAndMayNot() {
    assertThat(cluster.auditLog())
        .noneMatch(line -> line.contains("system:serviceaccount:" + NAMESPACE + ":" + ACCOUNT));
    assertThat(Access.reviewed(cluster, ACCOUNT))
        .as("kubectl auth can-i --list")
        .isEqualTo(Access.reviewed(cluster, "an-account-without-any-role"));
  }
}
