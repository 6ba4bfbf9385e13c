package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens to `find` and `plan` while others are at work.
class FindWhileTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private String dropped;

  @BeforeEach
  void archive() throws Exception {
    shop = new ArchivedShop("--binlog-format=ROW");
    shop.server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT PRIMARY KEY)");
    shop.snapshot("shop-monday");
    shop.server.run("INSERT INTO orders SELECT seq FROM seq_1_to_300");
    shop.server.rotate();
    shop.server.run("DROP TABLE orders");
    dropped = shop.server.ask("SELECT @@gtid_binlog_pos");
    assertThat(shop.archive().exit()).isZero();
    shop.server.run("CREATE TABLE orders (id INT PRIMARY KEY)");
    assertThat(shop.archive().exit()).isZero();
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
  }

  /// An application makes its tables when it starts: who copies the last line must not get one
  /// without rows.
  @Test
  void namesTheDropAndNotWhatCameBehindIt() {
    ArchivedShop.Ended ended = shop.restoreJob("find", "--table", "shop.orders");

    assertThat(ended.out())
        .contains("CREATE TABLE orders")
        .endsWith("--before-gtid " + dropped + " --timeline 0001\n");
  }

  /// The archiver takes away the chunks of a log that it has sealed.
  @Test
  void readsALogThatIsSealedMeanwhile() {
    for (List<String> command :
        List.of(
            List.of("find", "--table", "shop.orders", "--output", "json"),
            List.of("plan", "--to-latest", "--output", "json"))) {
      shop.s3
          .faults()
          .add(Hook.before("GetObject", "/tail/[^/]+/[^/]+[.]zst", this::rotateAndArchive));

      ArchivedShop.Ended ended =
          shop.restoreJob(
              command.getFirst(), command.subList(1, command.size()).toArray(String[]::new));

      assertThat(shop.s3.faults().isEmpty()).as("it read a chunk").isTrue();
      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(ended.out()).containsAnyOf(dropped, "\"reachable\":true");
    }
  }

  private void rotateAndArchive() {
    try {
      shop.server.rotate();
      shop.server.run("INSERT INTO orders VALUES (" + System.nanoTime() % 1_000_000 + ")");
      assertThat(shop.archive().exit()).isZero();
    } catch (Exception e) {
      throw new IllegalStateException("the archiver did not run", e);
    }
  }

  /// A status of 3 or 4 would say that the archive is damaged, and keep the Job from going on.
  @Test
  void saysThatItWasStoppedWhereverThatIs() {
    for (List<String> command :
        List.of(
            List.of("find", "--table", "shop.orders"),
            List.of("plan", "--before-gtid", dropped),
            List.of("windows"))) {
      int stopped = 0;
      for (boolean again = true; again; ) {
        AtomicInteger requests = new AtomicInteger();
        StopSignal stop = new StopSignal();
        int which = stopped + 1;
        shop.s3
            .faults()
            .add(
                Hook.before(
                        ".*",
                        ".*",
                        () -> {
                          if (requests.incrementAndGet() == which) {
                            stop.request(StopSignal.Cause.SIGNAL);
                          }
                        })
                    .always());
        ArchivedShop.Ended ended = shop.restoreJob(stop, command);
        shop.s3.faults().clear();

        assertThat(ended.exit())
            .as("%s at request %d: %s", command, which, ended.err())
            .isIn(0, 143);
        again = requests.get() >= which;
        stopped++;
      }
      assertThat(stopped).isGreaterThan(3);
    }
  }
}
