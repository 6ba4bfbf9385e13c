package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.restore.ArchivedShop.Ended;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.JobProcess;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The newest log of the archive cannot be read, and nobody may take what is restored without it
/// for all that there was.
class PitrInPartTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String damaged;

  @BeforeAll
  static void damageALog() throws Exception {
    shop = new RestorableShop();
    shop.snapshot("shop-monday");
    shop.run("INSERT INTO shop.orders VALUES (1)", "FLUSH BINARY LOGS");
    damaged = shop.ask("SHOW MASTER STATUS");
    shop.run("INSERT INTO shop.orders VALUES (2)");
    shop.archive();
    shop.damage("shop/binlogs/", damaged);
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static void assertInPart(Ended ended) {
    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("restored-in-part");
    assertThat(ended.message()).contains("mind: ").contains(damaged);
    assertThat(ended.outcome().path("next_step").asString()).contains("binlog-archiver verify");
  }

  @Test
  void saysThatItIsNotAllThatWasArchived() throws Exception {
    shop.script("ok", "ok");

    Ended ended = shop.restoreJob("pitr", "--to-latest", "--restore-id", "part");
    Ended again = shop.restoreJob("pitr", "--to-latest", "--restore-id", "part");

    assertInPart(ended);
    assertThat(shop.labels("part")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertInPart(again);
  }

  /// It goes by the plan of the first pod, and makes none.
  @Test
  void saysSoThoughAnotherPodOfItsJobHasPlannedIt() throws Exception {
    shop.script("ok", "ok");
    shop.ownController("uid-of-the-job-of-pitr");
    try {
      AtomicReference<JobProcess> process = new AtomicReference<>();
      shop.sandbox
          .faults()
          .add(
              Hook.after(
                  "POST",
                  "/jobs",
                  () -> {
                    while (process.get() == null) {
                      Thread.onSpinWait();
                    }
                    process.get().kill();
                  }));
      process.set(shop.start("pitr", "--to-latest"));
      assertThat(process.get().awaitExit(Duration.ofSeconds(90))).isEqualTo(137);

      assertInPart(shop.restoreJob("pitr", "--to-latest"));
    } finally {
      shop.sandbox.faults().clear();
      shop.ownController("");
    }
  }
}
