package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestartTest {

  private final Sandbox sandbox = Sandbox.start();
  private final DatabasePod database =
      sandbox.deployMariaDb(MariaDbDeployment.standard()).getFirst();

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void killedServerComesBackInTheSamePod() throws SQLException {
    DatabasePod before = sandbox.awaitPod("shop", "mariadb-0", "data-mariadb-0");
    try (Connection connection = before.server().connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE IF NOT EXISTS kept");
    }
    Pod pod = pod();

    DatabasePod after = sandbox.restart(before);

    assertThat(after.server().pid()).isNotEqualTo(before.server().pid());
    assertThat(after.address()).isEqualTo(before.address());
    assertThat(after.server().port()).isEqualTo(before.server().port());
    assertThat(MariaDbServerTest.number(after.server(), "kept", "SELECT 1")).isEqualTo(1);
    assertThat(pod().getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
    assertThat(pod().getStatus().getPodIP()).isEqualTo(before.address());
    assertThat(container(pod()).getRestartCount()).isEqualTo(container(pod).getRestartCount() + 1);
    assertThat(container(pod()).getContainerID()).isNotEqualTo(container(pod).getContainerID());
  }

  @Test
  void podIsNotReadyInBetween() throws InterruptedException {
    List<Boolean> seen = new CopyOnWriteArrayList<>();
    CountDownLatch readyAgain = new CountDownLatch(1);
    DatabasePod before = sandbox.awaitPod("shop", "mariadb-0", "data-mariadb-0");
    try (Watch _ = watch(seen, readyAgain)) {
      sandbox.restart(before);
      assertThat(readyAgain.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(seen).containsSubsequence(true, false, true);
  }

  @Test
  void snapshotIsCutFromTheRestartedServer() {
    DatabasePod after = sandbox.restart(sandbox.awaitPod("shop", "mariadb-0", database.claim()));
    SnapshotFixture snapshots = new SnapshotFixture(sandbox, after);

    snapshots.create("after-restart", "sandbox");
    snapshots.await("after-restart", SnapshotFixture::isReady);

    assertThat(sandbox.pauses()).as("the server was running and had to be stopped").hasSize(1);
  }

  private Pod pod() {
    return sandbox.client().pods().inNamespace("shop").withName("mariadb-0").get();
  }

  private static ContainerStatus container(Pod pod) {
    return pod.getStatus().getContainerStatuses().getFirst();
  }

  private Watch watch(List<Boolean> seen, CountDownLatch readyAgain) {
    return sandbox
        .client()
        .pods()
        .inNamespace("shop")
        .withName("mariadb-0")
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, Pod pod) {
                boolean ready = PodStatus.isReady(pod);
                seen.add(ready);
                if (ready && seen.contains(false)) {
                  readyAgain.countDown();
                }
              }

              @Override
              public void onClose(WatcherException cause) {}
            });
  }
}
