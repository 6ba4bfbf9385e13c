package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.JobProcess;
import dev.snapshotjobs.sandbox.MariaDbServer;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// All of a recovery, with every process that takes part in it: from the command to a server on the
/// restored volume.
class RecoverTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String dropped;

  @BeforeAll
  static void dropATable() throws Exception {
    shop = new RestorableShop(Main.class);
    shop.run("INSERT INTO shop.orders VALUES (1)");
    shop.snapshot("shop-monday");
    for (int order = 2; order <= 500; order++) {
      shop.run("INSERT INTO shop.orders VALUES (" + order + ")");
    }
    shop.run("DROP TABLE shop.orders");
    dropped = shop.ask("SELECT @@gtid_binlog_pos");
    shop.archive();
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  void bringsTheTableBackWithEveryRow() throws Exception {
    ArchivedShop.Ended ended =
        shop.restoreJob("pitr", "--before-gtid", dropped, "--restore-id", "back");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.labels("back")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertThat(orders("back")).isEqualTo("500");
    assertThat(shop.ask("SELECT @@gtid_binlog_pos")).isEqualTo(dropped);
  }

  @Test
  void survivesTheDeathOfTheReplayAndOfTheServer() throws Exception {
    JobProcess pitr = shop.start("pitr", "--before-gtid", dropped, "--restore-id", "killed");
    Pod pod = shop.sandbox.awaitPodOfJob(RestorableShop.NAMESPACE, "killed");
    String name = pod.getMetadata().getName();
    shop.sandbox.awaitAttempt(RestorableShop.NAMESPACE, name, "replay", 1).kill();
    shop.sandbox.awaitAttempt(RestorableShop.NAMESPACE, name, "replay", 2);
    shop.sandbox.container(RestorableShop.NAMESPACE, name, "mariadb").kill();

    assertThat(pitr.awaitExit(LONG)).as(pitr.stderr()).isZero();
    assertThat(orders("killed")).isEqualTo("500");
    assertThat(shop.annotations("killed")).containsEntry(RestoreKeys.ATTEMPT, "2");
  }

  @Test
  void clonesASnapshot() throws Exception {
    ArchivedShop.Ended ended =
        shop.restoreJob("clone", "--snapshot", "shop-monday", "--restore-id", "clone");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(orders("clone")).isEqualTo("1");
  }

  private static String orders(String claim) throws Exception {
    return ask(shop, claim, "SELECT COUNT(*) FROM shop.orders");
  }

  /// What a server finds on the volume that is started on it as the source's was.
  static String ask(RestorableShop shop, String claim, String sql) throws Exception {
    Path data =
        shop.sandbox.volumeFolder(
            shop.sandbox
                .client()
                .persistentVolumeClaims()
                .inNamespace(RestorableShop.NAMESPACE)
                .withName(claim)
                .get()
                .getSpec()
                .getVolumeName());
    try (MariaDbServer server =
        MariaDbServer.start(MariaDbServer.Spec.of(data, "restored", java.util.List.of()))) {
      return ReplayTest.rows(server, sql).getFirst();
    }
  }
}
