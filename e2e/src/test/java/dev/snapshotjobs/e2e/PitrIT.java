package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// A dropped table comes back in the cluster, with the shipped image, the shipped rights and the
/// shipped one-shot Job, on MariaDB as it is released.
@ExtendWith(InKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PitrIT {
  private static final String NAMESPACE = Shop.NAMESPACE;
  private static final int STATEMENTS = 60;

  /// Without quotes, since it goes through two shells.
  private static final String ROWS =
      "SELECT CONCAT_WS(0x20, COUNT(*), SUM(CRC32(article))) FROM shop.orders";

  private KindCluster cluster;
  private Shop shop;
  private PitrNow pitr;
  private String rows;
  private String dropped;

  @BeforeAll
  void dropATable(KindCluster cluster) throws Exception {
    this.cluster = cluster;
    this.pitr = new PitrNow(cluster);
    this.shop = Shop.install(cluster);
    shop.archive();
    new JobRun(cluster, "first-archive").complete();
    shop.execute(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, article VARCHAR(200))");
    String[] statements = new String[STATEMENTS];
    for (int statement = 0; statement < STATEMENTS; statement++) {
      statements[statement] =
          "INSERT INTO shop.orders (article) SELECT REPEAT(UUID(), 5) FROM shop.seq_1_to_5000";
    }
    shop.execute(statements);
    rows = shop.ask(ROWS);
    shop.execute("DROP TABLE shop.orders");
    dropped = shop.ask("SELECT @@gtid_binlog_pos");
    JobRun.start(cluster, "mariadb-binlog-archiver", "after-the-drop", 0, Map.of()).complete();
    makeAccount();
  }

  /// The store's owner: what the account of bucket-policy-aws-restore-run.json may do more is
  /// nothing, and what it may not is tried by the reader of RestoreJobIT.
  private void makeAccount() {
    cluster
        .client()
        .secrets()
        .inNamespace(NAMESPACE)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("mariadb-restore-run-bucket")
                .endMetadata()
                .addToStringData("AWS_ACCESS_KEY_ID", shop.storeKey("AWS_ACCESS_KEY_ID"))
                .addToStringData("AWS_SECRET_ACCESS_KEY", shop.storeKey("AWS_SECRET_ACCESS_KEY"))
                .build())
        .createOr(existing -> existing.update());
  }

  @Test
  @Order(1)
  void bringsTheTableBackInAServerOfItsOwn() throws Exception {
    JobRun run =
        pitr.start(
            "back",
            "pitr",
            "--before-gtid",
            dropped,
            "--restore-id",
            "back-1",
            "--stateful-set",
            "--output",
            "json");

    JsonNode outcome = run.complete();
    assertThat(outcome.get("reason").asString()).isEqualTo("restored");
    assertThat(pitr.ask(ROWS)).isEqualTo(rows);
    assertThat(pitr.ask("SELECT COUNT(*) FROM mysql.user WHERE LOCATE(0x726573746f7265, User)"))
        .isEqualTo("0");
    assertThat(pitr.ask("SELECT @@gtid_binlog_pos")).endsWith("000000000");
    assertThat(shop.ask("SHOW TABLES FROM shop LIKE 'orders'", "none")).isEqualTo("none");
  }

  /// The restore's pod goes in the middle of the replay, and the pod of the command after it: the
  /// next one makes another copy, and goes on to the end.
  @Test
  @Order(2)
  void beginsAnewWhenItsPodIsGone() throws Exception {
    JobRun run = pitr.start("killed", "pitr", "--before-gtid", dropped, "--restore-id", "back-2");
    Pod working =
        new JobRun(cluster, "back-2")
            .awaitPod(
                pod ->
                    pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(status -> status.getState().getRunning() != null));
    cluster.client().resource(working).withGracePeriod(0).delete();
    cluster.client().resource(run.onlyPod()).delete();

    assertThat(run.awaitEnd()).startsWith("Complete");
    var claim =
        cluster
            .client()
            .persistentVolumeClaims()
            .inNamespace(NAMESPACE)
            .withName("back-2")
            .get()
            .getMetadata();
    assertThat(claim.getLabels()).containsEntry("mariadb-snapshot-jobs/restored", "ready");
    assertThat(claim.getAnnotations()).containsEntry("mariadb-snapshot-jobs/attempt", "2");
  }

  @Test
  @Order(3)
  void isAllowedWhatItAsksFor() {
    assertThat(cluster.auditLog())
        .filteredOn(line -> line.contains("system:serviceaccount:shop:mariadb-restore-run"))
        .isNotEmpty()
        .noneMatch(line -> line.contains("\"code\":403"));
  }
}
