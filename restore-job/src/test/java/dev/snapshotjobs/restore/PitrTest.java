package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.restore.ArchivedShop.Ended;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// From the command to a volume that is ready, with stand-ins for what works on the data.
class PitrTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String target;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop();
    shop.snapshot("shop-monday");
    shop.run("INSERT INTO shop.orders VALUES (1)");
    target = shop.ask("SELECT @@gtid_binlog_pos");
    shop.run("INSERT INTO shop.orders VALUES (2)");
    shop.archive();
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  void restoresOnAVolumeOfItsOwn() throws Exception {
    shop.script("ok", "ok");

    Ended ended = shop.restoreJob("pitr", "--to-gtid", target, "--restore-id", "success");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.labels("success"))
        .containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY)
        .containsEntry(RestoreKeys.RESTORE, "success");
  }
}
