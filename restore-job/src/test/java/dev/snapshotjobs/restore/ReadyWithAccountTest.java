package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.restore.ArchivedShop.Ended;
import dev.snapshotjobs.sandbox.MariaDbServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The replay dies when it has written that all is done, and before it has dropped its own account,
/// which may do everything. Whoever comes next drops it.
class ReadyWithAccountTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private Path copy;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private RestorePod pod;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private MariaDbServer server;

  @BeforeEach
  void dieBeforeTheAccountIsDropped() throws Exception {
    shop = new ArchivedShop();
    shop.server.run("CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY)");
    copy = shop.copy("shop-monday");
    shop.archive();
    pod = new RestorePod(shop, copy, "--clone-of", "shop-monday");
    Ended inspected = pod.inspect();
    assertThat(inspected.exit()).as(inspected.err()).isZero();
    server = pod.start();
    try (Eavesdropper between = new Eavesdropper(server.address(), server.port(), "DROP USER")) {
      Ended died = pod.replayAt("127.0.0.1", between.port());
      assertThat(died.exit()).as(died.err()).isEqualTo(1);
    }
    assertThat(new RecoveredCopy(copy, copy.resolve("bin")).read())
        .hasValueSatisfying(marker -> assertThat(marker.isReady()).isTrue());
    assertThat(accounts(server)).hasSize(1);
  }

  @AfterEach
  void close() throws Exception {
    pod.close();
    shop.close();
  }

  private static List<String> accounts(MariaDbServer server) throws Exception {
    return ReplayTest.rows(server, "SELECT user FROM mysql.user WHERE user LIKE '%restore%'");
  }

  @Test
  void theNextReplayDropsIt() throws Exception {
    Ended ended = pod.replay();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(accounts(server)).isEmpty();
    assertThat(accounts(pod.putInService())).isEmpty();
  }

  /// The server's start has made the account anew.
  @Test
  void theNextReplayDropsItThoughTheServerWasStartedAgain() throws Exception {
    server.kill();
    MariaDbServer again = pod.start();

    Ended ended = pod.replay();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(accounts(again)).isEmpty();
  }

  /// Which knows nothing of its password.
  @Test
  void theServerOfTheNextPodDropsIt() throws Exception {
    server.kill();
    try (RestorePod next = new RestorePod(shop, copy, "--clone-of", "shop-monday")) {
      Ended inspected = next.inspect();
      assertThat(inspected.exit()).as(inspected.err()).isZero();
      MariaDbServer again = next.start();

      Ended ended = next.replay();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(accounts(again)).isEmpty();
    }
  }
}
