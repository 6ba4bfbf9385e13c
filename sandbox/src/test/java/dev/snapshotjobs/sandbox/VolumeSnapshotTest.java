package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.SnapshotApi.CONTENT;
import static dev.snapshotjobs.sandbox.SnapshotApi.SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VolumeSnapshotTest {

  private final Sandbox sandbox = Sandbox.start();
  private final Cluster cluster = new Cluster(sandbox.client());
  private final DatabasePod database =
      sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst();
  private final SnapshotFixture snapshots = new SnapshotFixture(sandbox, database);

  @BeforeAll
  void createTable() throws SQLException {
    execute("CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY)");
  }

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void isBoundThenCutThenReady() throws InterruptedException {
    List<String> seen = new CopyOnWriteArrayList<>();
    CountDownLatch ready = new CountDownLatch(1);
    Watch watch = watch("ordered", seen, ready);
    Instant before = Instant.now();
    // Else the controller may find it ready when it comes to look at the cut.
    snapshots.createClass("in-steps", Map.of("readyDelaySeconds", "0.5"));
    GenericKubernetesResource done = snapshot("ordered", "in-steps", SnapshotFixture::isReady);
    assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
    watch.close();

    assertThat(seen).containsSubsequence("bound", "bound cut", "bound cut ready");
    assertThat(done.getFinalizers())
        .contains(SnapshotApi.SNAPSHOT_BOUND_FINALIZER, SnapshotApi.SNAPSHOT_SOURCE_FINALIZER);
    GenericKubernetesResource content = snapshots.content(done);
    assertThat(content.getMetadata().getName())
        .isEqualTo("snapcontent-" + done.getMetadata().getUid());
    assertThat(content.getFinalizers()).contains(SnapshotApi.CONTENT_FINALIZER);
    assertThat(Cluster.annotation(content, SnapshotApi.BEING_CREATED)).isEmpty();
    long nanos = ((Number) content.get("status", "creationTime")).longValue();
    assertThat(Instant.ofEpochSecond(0, nanos)).isBetween(before, Instant.now());
    assertThat(Cluster.text(done, "status", "restoreSize")).hasValue("1024Mi");
  }

  @Test
  void recordsThePauseThatTheCopyCost() {
    GenericKubernetesResource done = snapshot("paused", "sandbox", SnapshotFixture::isReady);

    GenericKubernetesResource content = snapshots.content(done);
    String handle = Cluster.text(content, "status", "snapshotHandle").orElseThrow();
    assertThat(sandbox.pauses())
        .filteredOn(pause -> pause.snapshotHandle().equals(handle))
        .singleElement()
        .satisfies(
            pause ->
                assertThat(Cluster.annotation(content, "sandbox/pause-micros"))
                    .isEqualTo(Long.toString(pause.duration().toNanos() / 1000)));
  }

  @Test
  void restoresTheRowsOfTheCutIntoAnotherServer() throws SQLException {
    execute("REPLACE INTO shop.orders VALUES (1), (2)");
    snapshot("rows", "sandbox", SnapshotFixture::isReady);
    execute("INSERT INTO shop.orders VALUES (3)");

    try (MariaDbServer restored = sandbox.restoreServer("shop", "rows", "--log-bin=mysql-bin")) {
      assertThat(MariaDbServerTest.number(restored, "shop", "SELECT COUNT(*) FROM orders"))
          .isEqualTo(2);
    }
  }

  @Test
  void failingClassShowsAnErrorAndNoCreationTime() {
    GenericKubernetesResource failed =
        snapshot(
            "failing",
            "sandbox-failing",
            found -> Cluster.text(found, "status", "error", "message").isPresent());

    assertThat(Cluster.text(failed, "status", "error", "message").orElseThrow())
        .contains("failed to take snapshot of the volume");
    assertThat(Cluster.text(failed, "status", "creationTime")).isEmpty();
    assertThat(Cluster.isTrue(failed, "status", "readyToUse")).isFalse();
    delete("failing");
  }

  @Test
  void errorOfTheFirstAttemptIsGoneOnceReady() {
    snapshots.createClass("fails-once", Map.of("failFirst", "1"));
    GenericKubernetesResource done = snapshot("second-try", "fails-once", SnapshotFixture::isReady);

    assertThat(Cluster.text(done, "status", "error", "message")).isEmpty();
  }

  @Test
  void unknownClassIsNamedInTheError() {
    GenericKubernetesResource failed =
        snapshot(
            "unknown",
            "no-such-class",
            found -> Cluster.text(found, "status", "error", "message").isPresent());

    assertThat(Cluster.text(failed, "status", "error", "message").orElseThrow())
        .isEqualTo(
            "Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io"
                + " \"no-such-class\" not found");
  }

  @Test
  void deletionTakesContentAndFolderWithIt() {
    GenericKubernetesResource done = snapshot("short-lived", "sandbox", SnapshotFixture::isReady);
    GenericKubernetesResource content = snapshots.content(done);

    delete("short-lived");

    assertThat(cluster.find(CONTENT, Cluster.keyOf(content))).isEmpty();
  }

  @Test
  void deleteWithAnotherResourceVersionIsRefused() {
    GenericKubernetesResource done = snapshot("guarded", "sandbox", SnapshotFixture::isReady);
    String url = sandbox.kubernetesUrl() + "/apis/snapshot.storage.k8s.io/v1/namespaces/shop/";

    assertThatThrownBy(() -> deleteIf(url, "guarded", "resourceVersion", "1"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThatThrownBy(() -> deleteIf(url, "guarded", "uid", "somebody-else"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    deleteIf(url, "guarded", "uid", done.getMetadata().getUid());
    snapshots.awaitGone("guarded");
  }

  @Test
  void retainedContentOutlivesItsSnapshot() {
    snapshots.createClass("retaining", Map.of());
    sandbox
        .client()
        .genericKubernetesResources(SnapshotApi.CLASS)
        .withName("retaining")
        .edit(
            object -> {
              object.setAdditionalProperty("deletionPolicy", "Retain");
              return object;
            });
    GenericKubernetesResource done = snapshot("retained", "retaining", SnapshotFixture::isReady);
    GenericKubernetesResource content = snapshots.content(done);

    delete("retained");

    assertThat(cluster.find(CONTENT, Cluster.keyOf(content))).isPresent();
  }

  private void deleteIf(String url, String name, String precondition, String value) {
    String options =
        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":{\"%s\":\"%s\"}}"
            .formatted(precondition, value);
    sandbox.client().raw(url + "volumesnapshots/" + name, "DELETE", options);
  }

  private GenericKubernetesResource snapshot(
      String name, String snapshotClass, Predicate<GenericKubernetesResource> until) {
    snapshots.create(name, snapshotClass);
    return snapshots.await(name, until);
  }

  private void delete(String name) {
    snapshots.delete(name);
    snapshots.awaitGone(name);
  }

  private Watch watch(String name, List<String> seen, CountDownLatch ready) {
    return cluster
        .at(SNAPSHOT, new ObjectKey("shop", name))
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, GenericKubernetesResource snapshot) {
                seen.add(stage(snapshot));
                if (SnapshotFixture.isReady(snapshot)) {
                  ready.countDown();
                }
              }

              @Override
              public void onClose(WatcherException cause) {}
            });
  }

  private static String stage(GenericKubernetesResource snapshot) {
    Optional<String> bound = Cluster.text(snapshot, "status", "boundVolumeSnapshotContentName");
    Optional<String> cut = Cluster.text(snapshot, "status", "creationTime");
    boolean ready = Cluster.isTrue(snapshot, "status", "readyToUse");
    return (bound.isPresent() ? "bound" : "new")
        + (cut.isPresent() ? " cut" : "")
        + (ready ? " ready" : "");
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = database.server().connect("");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
