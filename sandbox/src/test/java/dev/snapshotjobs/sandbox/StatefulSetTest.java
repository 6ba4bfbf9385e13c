package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StatefulSetTest {

  private final Sandbox sandbox = Sandbox.start();
  private final List<DatabasePod> pods =
      sandbox.deployMariaDb(
          MariaDbDeployment.standard()
              .withReplicas(2)
              .withArgs("--log-bin=/var/lib/mysql/binlog", "--server-id=7"));

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void eachReplicaIsAServerAtAnAddressOfItsOwn() throws SQLException {
    assertThat(pods).extracting(DatabasePod::name).containsExactly("mariadb-0", "mariadb-1");
    assertThat(pods)
        .extracting(DatabasePod::claim)
        .containsExactly("data-mariadb-0", "data-mariadb-1");
    assertThat(pods).extracting(DatabasePod::address).doesNotHaveDuplicates();
    assertThat(pods).allSatisfy(pod -> assertThat(pod.server().port()).isEqualTo(3306));
    assertThat(text(pods.getLast(), "SELECT @@server_id")).isEqualTo("7");
  }

  @Test
  void serverKnowsItsPodsName() throws SQLException {
    assumeTrue(sandbox.hostnamesAreReal(), "needs UTS namespaces");

    assertThat(text(pods.getLast(), "SELECT @@hostname")).isEqualTo("mariadb-1");
  }

  @Test
  void serversPathsLieBelowThePodsMountPath() throws SQLException {
    Pod pod = pod("mariadb-1").get();
    String mountPath =
        pod.getSpec().getContainers().getFirst().getVolumeMounts().getFirst().getMountPath();

    assertThat(Path.of(text(pods.getLast(), "SELECT @@datadir"))).isEqualTo(Path.of(mountPath));
    assertThat(Path.of(text(pods.getLast(), "SELECT @@log_bin_basename")))
        .isEqualTo(Path.of(mountPath, "binlog"));
    assertThat(Files.isDirectory(Path.of(mountPath))).isTrue();
  }

  @Test
  void podShowsWhatTheKubeletWouldWrite() {
    Pod pod = pod("mariadb-1").get();

    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
    assertThat(pod.getStatus().getPodIP()).isEqualTo(pods.getLast().address());
    assertThat(pod.getSpec().getNodeName()).isNotBlank();
    assertThat(pod.getStatus().getContainerStatuses().getFirst().getImageID())
        .matches("docker\\.io/library/mariadb@sha256:[0-9a-f]{64}");
    assertThat(pod.getMetadata().getOwnerReferences().getFirst().getName()).isEqualTo("mariadb");
  }

  @Test
  void scalingToZeroStopsTheServerAndScalingUpFindsItsRows() throws SQLException {
    sandbox.deployMariaDb(
        MariaDbDeployment.standard().withName("scaled").withLabels(scaledLabels()));
    DatabasePod before = sandbox.awaitPod("shop", "scaled-0", "data-scaled-0");
    execute(before, "CREATE DATABASE kept");

    scale("scaled", 0);
    Sandbox.awaitGone(pod("scaled-0"), Duration.ofSeconds(30));
    assertThat(before.server().isRunning()).isFalse();

    scale("scaled", 1);
    DatabasePod after = sandbox.awaitPod("shop", "scaled-0", "data-scaled-0");
    assertThat(text(after, "SHOW DATABASES LIKE 'kept'")).isEqualTo("kept");
  }

  @Test
  void deletedPodComesBackOnTheSameVolume() throws SQLException {
    execute(pods.getFirst(), "CREATE DATABASE stays");
    String uid = pod("mariadb-0").get().getMetadata().getUid();

    pod("mariadb-0").delete();
    pod("mariadb-0")
        .waitUntilCondition(
            pod -> pod != null && !pod.getMetadata().getUid().equals(uid), 30, TimeUnit.SECONDS);

    DatabasePod after = sandbox.awaitPod("shop", "mariadb-0", "data-mariadb-0");
    assertThat(text(after, "SHOW DATABASES LIKE 'stays'")).isEqualTo("stays");
  }

  private static Map<String, String> scaledLabels() {
    return Map.of("app", "scaled");
  }

  private void scale(String name, int replicas) {
    Resource<StatefulSet> set =
        sandbox.client().apps().statefulSets().inNamespace("shop").withName(name);
    Cluster.patch(set, Map.of("spec", Map.of("replicas", replicas)));
  }

  private Resource<Pod> pod(String name) {
    return sandbox.client().pods().inNamespace("shop").withName(name);
  }

  private static void execute(DatabasePod pod, String sql) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(DatabasePod pod, String query) throws SQLException {
    try (Connection connection = pod.server().connect("");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).as(query).isTrue();
      return rows.getString(1);
    }
  }
}
