package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

/// A dropped table comes back in the cluster, with the shipped image, the shipped rights and the
/// shipped one-shot Job, on MariaDB as it is released.
@ExtendWith(InKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PitrIT {
  private static final String NAMESPACE = Shop.NAMESPACE;
  private static final String SECRET = "mariadb-restore-run-bucket";
  private static final String ACCOUNT = "mariadb-restore-run";
  private static final int STATEMENTS = 60;

  /// As `/proc/net/tcp` writes it: bytes of the address from the last to the first.
  private static final String LOOPBACK_3306 = "0100007F:0CEA";

  private static final String LISTENS = "0A";

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
    shop.makeAccount("restores", "bucket-policy-aws-restore-run.json", SECRET);
  }

  /// The Jobs write below `restores/`, and nowhere else.
  @Test
  @Order(1)
  void hasAnAccountThatCannotChangeTheArchive() {
    try (S3Client store = shop.storeOf(SECRET)) {
      for (String key : List.of("shop/catalog/x", "shop/binlog/x", "shop/restores")) {
        assertThatThrownBy(
                () ->
                    store.putObject(
                        request -> request.bucket(Shop.BUCKET).key(key), RequestBody.empty()))
            .as(key)
            .isInstanceOfSatisfying(
                S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
      }
      assertThatThrownBy(
              () ->
                  store.deleteObject(request -> request.bucket(Shop.BUCKET).key("shop/restores/x")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
    }
  }

  @Test
  @Order(2)
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
  @Order(3)
  void beginsAnewWhenItsPodIsGone() throws Exception {
    JobRun run = pitr.start("killed", "pitr", "--before-gtid", dropped, "--restore-id", "back-2");
    Pod working =
        new JobRun(cluster, "back-2")
            .awaitPod(
                pod ->
                    pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(status -> status.getState().getRunning() != null));
    requireNothingThatListens(working);
    awaitSecondPiece(working);
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

  /// Of all containers of the pod, which have one network: the server, and from inside alone.
  private void requireNothingThatListens(Pod pod) {
    List<String> listening =
        inServer(
                pod,
                "until grep -q "
                    + LOOPBACK_3306
                    + " /proc/net/tcp; do sleep 0.1; done; cat /proc/net/tcp /proc/net/tcp6")
            .lines()
            .map(line -> line.strip().split("\\s+"))
            .filter(socket -> socket.length > 3 && socket[3].equals(LISTENS))
            .map(socket -> socket[1])
            .toList();
    assertThat(listening).containsExactly(LOOPBACK_3306);
    assertThat(
            cluster.bash(
                "kubectl exec -n shop mariadb-0 -- timeout 10 mariadb-admin ping --host="
                    + pod.getStatus().getPodIP()
                    + " 2>&1 || true"))
        .contains("Can't connect to server on");
  }

  /// The first piece of the logs goes when the second is applied.
  private void awaitSecondPiece(Pod pod) {
    inServer(
        pod,
        "cd /scratch; until [ -e relay-bin.index -a ! -e relay-bin.000001 ]; do sleep 0.1; done");
  }

  private String inServer(Pod pod, String script) {
    return cluster.kubectl(
        "exec",
        "-n",
        NAMESPACE,
        pod.getMetadata().getName(),
        "-c",
        "mariadb",
        "--",
        "timeout",
        "120",
        "sh",
        "-c",
        script);
  }

  @Test
  @Order(4)
  void saysWhatKeepsAServerFromStarting() throws Exception {
    JobRun run =
        pitr.start(
            "no-image",
            "pitr",
            "--before-gtid",
            dropped,
            "--restore-id",
            "no-image-1",
            "--server-image",
            "mariadb:there-is-none",
            "--start-timeout",
            "20s",
            "--check-snapshots",
            "--output",
            "json");

    Pod ended = run.awaitPod(pod -> "Failed".equals(pod.getStatus().getPhase()));
    JsonNode outcome = run.outcome(ended);
    assertThat(outcome.get("exit").asInt()).isEqualTo(1);
    assertThat(outcome.get("reason").asString()).isEqualTo("not-started");
    assertThat(outcome.get("message").asString()).contains("mariadb:there-is-none");
    cluster.kubectl("delete", "job", "-n", NAMESPACE, run.name());
  }

  /// As after the loss of a cluster, of which the storage's snapshots are left.
  @Test
  @Order(5)
  void makesACopyOfWhatTheCatalogueAloneKnows() throws Exception {
    String snapshot = shop.snapshots().getFirst().getMetadata().getName();
    String content =
        cluster.kubectl(
            "get",
            "volumesnapshot",
            "-n",
            NAMESPACE,
            snapshot,
            "-o",
            "jsonpath={.status.boundVolumeSnapshotContentName}");
    cluster.kubectl(
        "patch",
        "volumesnapshotcontent",
        content,
        "--type=merge",
        "--patch={\"spec\":{\"deletionPolicy\":\"Retain\"}}");
    cluster.kubectl("delete", "volumesnapshot", "-n", NAMESPACE, snapshot);
    cluster.kubectl("delete", "volumesnapshotcontent", content, "--ignore-not-found");

    JobRun run =
        pitr.start(
            "copy",
            "clone",
            "--snapshot",
            snapshot,
            "--restore-id",
            "as-it-was",
            "--output",
            "json");

    assertThat(run.complete().get("reason").asString()).isEqualTo("restored");
    assertThat(shop.snapshot("as-it-was").orElseThrow().<Boolean>get("status", "readyToUse"))
        .isTrue();
    // As the run says; a content outlives the namespace.
    cluster.kubectl("delete", "volumesnapshot", "-n", NAMESPACE, "as-it-was");
    cluster.kubectl("delete", "volumesnapshotcontent", "shop.as-it-was");
  }

  /// Last, because it looks at what all runs before it asked for.
  @Test
  @Order(6)
  void mayDoExactlyWhatItDoes() {
    Set<Access> everywhere = Access.grantedEverywhere(cluster, "mariadb-snapshot-jobs-restore-run");
    Set<Access> granted = Access.grantedTo(cluster, ACCOUNT);
    granted.addAll(everywhere);
    List<JsonNode> requests = Access.requestsOf(cluster, ACCOUNT);

    assertThat(requests).noneMatch(event -> event.at("/responseStatus/code").asInt() == 403);
    assertThat(
            requests.stream()
                .flatMap(event -> Access.in(event).stream())
                .collect(Collectors.toSet()))
        .as("what all these runs asked for")
        .isEqualTo(granted);
    assertThat(Access.given(cluster, ACCOUNT, NAMESPACE))
        .as("kubectl auth can-i --list")
        .isEqualTo(granted);
    assertThat(Access.given(cluster, ACCOUNT, "default"))
        .as("the same elsewhere")
        .isEqualTo(everywhere);
  }
}
