package dev.snapshotjobs.e2e;

import static dev.snapshotjobs.e2e.Shop.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.kube.Cluster;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.kube.VolumeSnapshots;
import dev.snapshotjobs.sandbox.WriteLoad;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// snapshot-job as shipped: its image, its YAML, its rights, on real storage and a real API.
@ExtendWith(InKind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SnapshotJobIT {
  private static final String ACCOUNT = "mariadb-snapshot";
  private static final String CRON_JOB = "mariadb-snapshot";

  private KindCluster cluster;
  private Shop shop;

  @BeforeAll
  void followTheInstallPage(KindCluster cluster) throws Exception {
    this.cluster = cluster;
    this.shop = Shop.install(cluster);
  }

  private JobRun start(String name, int retries, Map<String, String> settings) {
    if (settings.containsKey("VOLUME_SNAPSHOT_CLASS")) {
      shop.assumeStorageObeys();
    }
    return JobRun.start(cluster, CRON_JOB, name, retries, settings);
  }

  private static String snapshotOf(JsonNode outcome) {
    return outcome.get("objects").values().stream()
        .filter(object -> object.get("kind").asString().equals("VolumeSnapshot"))
        .map(object -> object.get("name").asString())
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(1)
  void endsTheInstallPageWithAConsistentSnapshot() {
    JobRun first = new JobRun(cluster, "first");

    JsonNode outcome = first.complete();
    assertThat(outcome.get("verdict").asString()).isEqualTo("consistent");
    GenericKubernetesResource snapshot = shop.snapshot(snapshotOf(outcome)).orElseThrow();
    assertThat(snapshot.<Boolean>get("status", "readyToUse")).isTrue();
    assertThat(Shop.label(snapshot, "state")).isEqualTo("consistent");
    assertThat(Shop.label(snapshot, "pitr")).isEqualTo("yes");
    assertThat(snapshot.getMetadata().getAnnotations().get("mariadb-snapshot-jobs/server-image"))
        .contains("sha256:");
    assertThat(cluster.kubectl("describe", "volumesnapshot", "-n", NAMESPACE, snapshotOf(outcome)))
        .contains("is consistent at GTID");
  }

  /// In the bucket beside the cluster is what finds the snapshot in the storage.
  @Test
  @Order(1)
  void leavesACatalogueEntryAndLaterThoseThatItCouldNotWrite() {
    JobRun lost = start("without-bucket", 2, Map.of("S3_BUCKET", "there-is-no-such-bucket"));
    assertThat(lost.awaitEnd()).isEqualTo("Failed PodFailurePolicy");
    JsonNode without = lost.outcome(lost.onlyPod());
    assertThat(without.get("exit").asInt()).isEqualTo(4);
    assertThat(without.get("reason").asString()).isEqualTo("catalogue-missing");
    assertThat(without.get("verdict").asString()).isEqualTo("consistent");

    JobRun next = start("with-bucket", 0, Map.of());

    assertCatalogued(snapshotOf(next.complete()));
    assertCatalogued(snapshotOf(without));
    JobRun first = new JobRun(cluster, "first");
    assertCatalogued(snapshotOf(first.outcome(first.onlyPod())));
  }

  private void assertCatalogued(String name) {
    GenericKubernetesResource snapshot = shop.snapshot(name).orElseThrow();
    JsonNode entry = shop.catalogueEntry(name);
    GenericKubernetesResource content =
        shop.contents().stream()
            .filter(
                found ->
                    found
                        .getMetadata()
                        .getName()
                        .equals(snapshot.get("status", "boundVolumeSnapshotContentName")))
            .findFirst()
            .orElseThrow();
    assertThat(entry.at("/snapshot/uid").asString()).isEqualTo(snapshot.getMetadata().getUid());
    assertThat(entry.at("/content/handle").asString())
        .isEqualTo(content.<String>get("status", "snapshotHandle"));
    assertThat(entry.at("/content/driver").asString())
        .isEqualTo(content.<String>get("spec", "driver"));
    assertThat(entry.at("/claim/storageClass").asString()).isEqualTo("csi-hostpath-sc");
    assertThat(entry.at("/claim/capacity").asLong()).isEqualTo(1L << 30);
    assertThat(entry.get("annotations").get("mariadb-snapshot-jobs/source-pod").asString())
        .contains("\"fsGroup\":999");
    assertThat(entry.get("annotations").get("mariadb-snapshot-jobs/server-image").asString())
        .contains("sha256:");
  }

  @ParameterizedTest(name = "sync_binlog={0}, innodb_flush_log_at_trx_commit={1}")
  @CsvSource({"1, 1", "0, 2"})
  @Order(2)
  void restoresByPlainYamlToExactlyTheRecordedPosition(int syncBinlog, int flushLog)
      throws Exception {
    shop.assumeStorageObeys();
    shop.execute(
        "SET GLOBAL sync_binlog=" + syncBinlog,
        "SET GLOBAL innodb_flush_log_at_trx_commit=" + flushLog,
        "DROP DATABASE IF EXISTS shop");
    String name = "exact-" + syncBinlog + flushLog;
    try (WriteLoad load = WriteLoad.start(shop.jdbcUrl(), 4, List.of("InnoDB", "Aria"))) {
      load.awaitMore(300);
      cluster.kubectl("create", "job", name, "-n", NAMESPACE, "--from=cronjob/" + CRON_JOB);
      JobRun run = new JobRun(cluster, name);
      JsonNode outcome = run.complete();
      load.awaitMore(300);
      load.stop();
      assertThat(load.failures()).isEmpty();

      assertThat(outcome.get("verdict").asString()).isEqualTo("consistent");
      long sequence =
          GtidPosition.parse(outcome.at("/positions/gtid_binlog_pos").asString())
              .in(0)
              .orElseThrow()
              .sequence();
      shop.restore(snapshotOf(outcome));
      WriteLoad.Comparison comparison = load.compare(shop.restoredJdbcUrl(), sequence);
      assertThat(comparison.missing()).as("lost below the position").isEmpty();
      assertThat(comparison.surplus()).as("there although above the position").isEmpty();
      assertThat(comparison.expected()).isPositive().isLessThan(load.count());
    } finally {
      shop.removeRestored();
    }
  }

  @Test
  @Order(3)
  void survivesAnEvictionWhileTheStorageUploadsForMinutes() throws Exception {
    shop.execute("DROP DATABASE IF EXISTS shop");
    JobRun run;
    GenericKubernetesResource cut;
    try (WriteLoad load = WriteLoad.start(shop.jdbcUrl(), 2, List.of("InnoDB"))) {
      load.awaitMore(100);
      long before = System.nanoTime();
      run = start("evicted", 0, Map.of("VOLUME_SNAPSHOT_CLASS", "uploads-for-two-minutes"));
      cut = awaitSnapshotOf(run, "consistent");
      load.awaitMore(100);
      load.stop();
      assertThat(load.failures()).isEmpty();
      assertThat(load.longestStall(before, System.nanoTime()).length())
          .as("the writers waited")
          .isLessThan(Duration.ofSeconds(2));
    }
    assertThat(cut.<Boolean>get("status", "readyToUse")).isFalse();
    Duration held = Duration.between(instant(cut, "lock-acquired-at"), instant(cut, "released-at"));
    assertThat(held).as("commits waited").isLessThan(Duration.ofSeconds(2));
    Pod first = run.onlyPod();

    cluster.client().pods().resource(first).evict();

    JsonNode outcome = run.complete();
    assertThat(run.pods().getLast().getMetadata().getUid())
        .isNotEqualTo(first.getMetadata().getUid());
    assertThat(outcome.get("verdict").asString()).isEqualTo("consistent");
    GenericKubernetesResource ready = shop.snapshot(snapshotOf(outcome)).orElseThrow();
    assertThat(ready.getMetadata().getUid())
        .as("the second pod finished the first one's work")
        .isEqualTo(cut.getMetadata().getUid());
    assertThat(ready.<Boolean>get("status", "readyToUse")).isTrue();
    assertThat(Duration.between(instant(ready, "released-at"), Instant.now()))
        .as("the upload took so long")
        .isGreaterThan(Duration.ofSeconds(115));
  }

  private static Instant instant(GenericKubernetesResource snapshot, String annotation) {
    return Instant.parse(
        snapshot.getMetadata().getAnnotations().get("mariadb-snapshot-jobs/" + annotation));
  }

  /// Waits for what a running Job makes.
  private GenericKubernetesResource awaitSnapshotOf(JobRun run, String state) {
    Instant created =
        Instant.parse(
            cluster
                .client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(NAMESPACE)
                .withName(run.name())
                .get()
                .getMetadata()
                .getCreationTimestamp());
    return shop
        .awaitSnapshots(all -> all.stream().anyMatch(snapshot -> isOf(snapshot, created, state)))
        .stream()
        .filter(snapshot -> isOf(snapshot, created, state))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isOf(GenericKubernetesResource snapshot, Instant slot, String state) {
    return instant(snapshot, "slot").equals(slot) && Shop.label(snapshot, "state").equals(state);
  }

  @Test
  @Order(4)
  void leavesNothingWhereTheStorageFails() throws Exception {
    Set<String> before = names();

    JobRun run = start("failing", 0, Map.of("VOLUME_SNAPSHOT_CLASS", "cannot-snapshot"));

    assertThat(run.awaitEnd()).isEqualTo("Failed BackoffLimitExceeded");
    JsonNode outcome = run.outcome(run.onlyPod());
    assertThat(outcome.get("exit").asInt()).isEqualTo(1);
    assertThat(outcome.get("message").asString()).contains("failSnapshot is set");
    awaitNothingBut(before);
    assertThat(eventsOnStatefulSet()).contains(outcome.get("message").asString());
    // Fails if it has to wait for a lock.
    shop.execute(
        "SET SESSION lock_wait_timeout=1", "CREATE DATABASE unlocked", "DROP DATABASE unlocked");
    assertThat(leaseHolder()).isEmpty();
  }

  private String leaseHolder() {
    return cluster.kubectl(
        "get",
        "lease",
        "mariadb-snapshot-jobs.shop",
        "-n",
        NAMESPACE,
        "-o",
        "jsonpath={.spec.holderIdentity}");
  }

  private Set<String> names() {
    return Stream.concat(shop.snapshots().stream(), shop.contents().stream())
        .map(found -> found.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  /// Whatever came since is gone, in the cluster and so in the storage.
  private void awaitNothingBut(Set<String> before) {
    shop.awaitContents(
        all -> all.stream().allMatch(found -> before.contains(found.getMetadata().getName())));
    assertThat(names()).isEqualTo(before);
  }

  private String eventsOnStatefulSet() {
    return cluster.kubectl("describe", "statefulset", "-n", NAMESPACE, "mariadb");
  }

  /// `30`: the pod is asked to stop. `0`: it is killed at once, and nothing of it can undo
  /// anything.
  @ParameterizedTest(name = "grace period {0} s")
  @ValueSource(ints = {30, 0})
  @Order(5)
  void unlocksWhenItsPodIsDeletedWhileTheStageIsHeld(int grace) throws Exception {
    shop.execute("DROP DATABASE IF EXISTS shop");
    Set<String> before = names();
    try (WriteLoad load = WriteLoad.start(shop.jdbcUrl(), 2, List.of("InnoDB"))) {
      JobRun run = start("deleted-" + grace, 1, Map.of("VOLUME_SNAPSHOT_CLASS", "cuts-slowly"));
      Pod pod = run.awaitPod(found -> found.getStatus().getPhase().equals("Running"));
      GenericKubernetesResource pending = awaitSnapshotOf(run, "pending");

      long deleted = System.nanoTime();
      cluster.client().pods().resource(pod).withGracePeriod(grace).delete();

      load.awaitMore(200);
      WriteLoad.Stall stall = load.longestStall(deleted, deleted + 1);
      // With the cut, after 8 s, the lock would go in any case.
      assertThat(Duration.ofNanos(stall.endNanos() - deleted))
          .as("the writers went on after")
          .isLessThan(Duration.ofSeconds(5));
      assertThat(pending.get("status", "creationTime") == null)
          .as("the stage was still held when the pod was deleted")
          .isTrue();
      // The next pod of the Job makes another one, and what the first one left is gone.
      String made = snapshotOf(run.complete());
      load.stop();
      assertThat(load.failures()).isEmpty();
      GenericKubernetesResource snapshot = shop.snapshot(made).orElseThrow();
      assertThat(snapshot.getMetadata().getUid()).isNotEqualTo(pending.getMetadata().getUid());
      Set<String> expected = new HashSet<>(before);
      expected.add(made);
      expected.add(snapshot.get("status", "boundVolumeSnapshotContentName"));
      awaitNothingBut(expected);
    }
  }

  @Test
  @Order(6)
  void tellsAMistakeInTheSettingsAndIsNotTriedAgain() {
    JobRun run = start("mistaken", 2, Map.of("MAX_HOLDS", "10s", "READY_TIMEOUT", "soon"));

    assertThat(run.awaitEnd()).isEqualTo("Failed PodFailurePolicy");
    JsonNode outcome = run.outcome(run.onlyPod());
    assertThat(outcome.get("exit").asInt()).isEqualTo(2);
    assertThat(outcome.get("message").asString()).contains("MAX_HOLDS").contains("READY_TIMEOUT");
  }

  @Test
  @Order(7)
  void asksForALookWhenTheReadyDeadlinePasses() {
    JobRun run =
        start(
            "impatient",
            2,
            Map.of("VOLUME_SNAPSHOT_CLASS", "uploads-for-two-minutes", "READY_TIMEOUT", "1s"));

    assertThat(run.awaitEnd()).isEqualTo("Failed PodFailurePolicy");
    JsonNode outcome = run.outcome(run.onlyPod());
    assertThat(outcome.get("exit").asInt()).isEqualTo(4);
    assertThat(Shop.label(shop.snapshot(snapshotOf(outcome)).orElseThrow(), "state"))
        .isEqualTo("consistent");
  }

  @Test
  @Order(8)
  void letsTwoRunsTakeTurns() {
    JobRun one = start("turn-one", 0, Map.of("VOLUME_SNAPSHOT_CLASS", "cuts-slowly"));
    awaitSnapshotOf(one, "pending");
    JobRun other = start("turn-other", 0, Map.of());

    assertThat(snapshotOf(one.complete())).isNotEqualTo(snapshotOf(other.complete()));
  }

  /// The API refuses, and not only the client: a snapshot made again under the same name is
  /// another.
  @Test
  @Order(9)
  void deletesOnlyTheObjectThatItMeans() {
    try (Cluster api = Cluster.connect(Optional.of(cluster.kubeconfig().toString()))) {
      VolumeSnapshots snapshots = api.volumeSnapshots(NAMESPACE);
      VolumeSnapshot there = snapshots.list().getFirst();
      VolumeSnapshot earlier =
          new VolumeSnapshot(
              there.namespace(),
              there.name(),
              "00000000-0000-4000-8000-000000000000",
              there.resourceVersion(),
              there.labels(),
              there.annotations(),
              false,
              there.source(),
              there.status());

      assertThat(snapshots.delete(earlier)).isFalse();

      assertThat(snapshots.find(there.name()).orElseThrow().beingDeleted()).isFalse();
      assertThat(snapshots.delete(there)).isTrue();
    }
  }

  @Test
  @Order(10)
  void needsNoUserOfItsOwn() {
    JobRun run = JobRun.start(cluster, CRON_JOB, "any-user", JobRun::withAUserOfTheCluster);

    assertThat(run.complete().get("verdict").asString()).isEqualTo("consistent");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"metadata":{"labels":{"a":"b"}}} | elsewhere | contents of VolumeSnapshots of its own namespace only
          {"spec":{"deletionPolicy":"Retain"}} | shop | to Delete, the deletionPolicy only
          {"metadata":{"finalizers":[]}} | shop | labels, annotations and
          """)
  @Order(10)
  void mayChangeOnlyWhatItHasToOfItsOwnContents(String patch, String namespace, String refusal) {
    String name = "content-of-" + namespace;
    // Of a driver that is not there, so nothing happens to it.
    cluster.kubectlWith(
        """
        apiVersion: snapshot.storage.k8s.io/v1
        kind: VolumeSnapshotContent
        metadata:
          name: %s
          finalizers: [example.com/kept]
        spec:
          driver: absent.example.com
          deletionPolicy: Delete
          source:
            snapshotHandle: none
          volumeSnapshotRef:
            namespace: %s
            name: none
        """
            .formatted(name, namespace),
        "create",
        "-f",
        "-");
    try {
      assertThat(
              catchThrowable(
                  () ->
                      cluster.kubectl(
                          "patch",
                          "volumesnapshotcontent",
                          name,
                          "--type=merge",
                          "--patch=" + patch,
                          "--as=system:serviceaccount:" + NAMESPACE + ":" + ACCOUNT)))
          .hasMessageContaining(refusal);
    } finally {
      cluster.kubectl(
          "patch",
          "volumesnapshotcontent",
          name,
          "--type=merge",
          "--patch={\"metadata\":{\"finalizers\":[]}}");
      cluster.kubectl("delete", "volumesnapshotcontent", name);
    }
  }

  /// After all runs, because it looks at what they asked for.
  @Test
  @Order(11)
  void mayDoExactlyWhatItDoes() {
    Set<Access> everywhere = Access.grantedEverywhere(cluster, "mariadb-snapshot-jobs-snapshot");
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

  /// What is left are the snapshots, and what is made by hand.
  @Test
  @Order(12)
  void isGoneAfterThePageButNotItsSnapshots() throws Exception {
    Set<String> snapshots = names();
    assertThat(installed()).contains("cronjob.batch/" + CRON_JOB);

    shop.remove();

    assertThat(installed()).isEmpty();
    assertThat(names()).isEqualTo(snapshots).isNotEmpty();
  }

  private String installed() {
    return cluster.kubectl(
        "get",
        "cronjobs,configmaps,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings,"
            + "validatingadmissionpolicies,validatingadmissionpolicybindings",
        "-n",
        NAMESPACE,
        "-l",
        "app.kubernetes.io/part-of=mariadb-snapshot-jobs",
        "-o",
        "name");
  }
}
