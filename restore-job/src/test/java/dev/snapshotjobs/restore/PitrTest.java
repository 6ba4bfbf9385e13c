package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.restore.ArchivedShop.Ended;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// From the command to a volume that is ready, with stand-ins for what works on the data.
class PitrTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static CatalogueEntry monday;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String target;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop();
    monday = shop.snapshot("shop-monday");
    shop.run("INSERT INTO shop.orders VALUES (1)");
    target = shop.ask("SELECT @@gtid_binlog_pos");
    shop.run("INSERT INTO shop.orders VALUES (2)");
    shop.archive();
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  private static Ended pitr(String... more) {
    return shop.restoreJob("pitr", List.of("--to-gtid", target), more);
  }

  @Test
  void restoresOnAVolumeOfItsOwnAndOnlyOnce() throws Exception {
    shop.script("ok", "ok");

    Ended ended = pitr();

    assertThat(ended.exit()).as(ended.err()).isZero();
    String id = shop.objects("shop/restores/shop-").getFirst().split("/", -1)[2];
    PersistentVolumeClaim claim = Objects.requireNonNull(shop.claim(id));
    assertThat(ended.message())
        .contains("GTID " + target)
        .contains("PersistentVolumeClaim shop/" + id)
        .contains("the stand-in for replay was told so");
    assertThat(ended.outcome().path("next_step").asString())
        .contains("docs/how-to/put-a-restored-volume-in-service.md");
    assertThat(ended.outcome().path("warnings").toString())
        .contains("mind what inspect has left out")
        .contains("mind what replay has left out");
    assertThat(ended.outcome().at("/positions/gtid_reached").asString()).isEqualTo("0-1-7");
    assertThat(claim.getMetadata().getLabels())
        .containsEntry("mariadb-snapshot-jobs/instance", "shop")
        .containsEntry(RestoreKeys.RESTORE, id)
        .containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertThat(claim.getMetadata().getAnnotations())
        .containsEntry(RestoreKeys.SNAPSHOT, "shop-monday")
        .containsEntry(RestoreKeys.SNAPSHOT_UID, monday.snapshot().uid())
        .containsEntry(RestoreKeys.PLAN, id)
        .containsEntry(RestoreKeys.GTID_TARGET, target)
        .containsEntry(RestoreKeys.GTID_REACHED, "0-1-7")
        .containsEntry(RestoreKeys.GTID_BINLOG_STATE, "0-9-1000007")
        .containsEntry(RestoreKeys.ATTEMPT, "1")
        .hasEntrySatisfying(
            RestoreKeys.FINISHED_AT,
            at -> assertThat(Instant.parse(at)).isBeforeOrEqualTo(Instant.now()));
    assertThat(claim.getSpec().getDataSource().getName()).isEqualTo("shop-monday");
    assertThat(claim.getSpec().getStorageClassName()).isEqualTo("sandbox");
    assertThat(claim.getSpec().getResources().getRequests().get("storage")).hasToString("1Gi");
    assertThat(shop.starts("inspect").getFirst()).startsWith("inspect --restore-id " + id);
    assertThat(shop.starts("replay").getFirst()).startsWith("replay --restore-id " + id);

    int before = shop.writes().size();
    Ended again = pitr();

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.outcome().path("verdict").asString()).isEqualTo("nothing-to-do");
    assertThat(again.message()).contains("already");
    assertThat(shop.writes()).hasSize(before);
    assertThat(shop.starts("replay")).hasSize(1);
  }

  @Test
  void showsThePlanAndTouchesNothingInADryRun() throws Exception {
    int before = shop.writes().size();
    int objects = shop.objects("shop/restores/").size();

    Ended ended = pitr("--dry-run", "--restore-id", "dry");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("shop-monday").contains("is there, and ready");
    assertThat(shop.writes()).hasSize(before);
    assertThat(shop.objects("shop/restores/")).hasSize(objects);
  }

  @Test
  void goesOnWithThePlanThatHasTheId() throws Exception {
    shop.script("ok", "ok");
    assertThat(pitr("--restore-id", "planned").exit()).isZero();

    Ended same =
        shop.restoreJob("pitr", List.of("--before-gtid", next(target)), "--restore-id", "planned");
    Ended other = shop.restoreJob("pitr", List.of("--to-latest"), "--restore-id", "planned");

    assertThat(same.exit()).as(same.err()).isZero();
    assertThat(same.outcome().path("reason").asString()).isEqualTo("already-restored");
    assertThat(other.exit()).as(other.err()).isEqualTo(3);
    assertThat(other.outcome().path("reason").asString()).isEqualTo("other-plan");
    assertThat(other.outcome().path("next_step").asString()).contains("--restore-id");
  }

  private static String next(String gtid) {
    int last = gtid.lastIndexOf('-') + 1;
    return gtid.substring(0, last) + (Long.parseLong(gtid.substring(last)) + 1);
  }

  @Test
  void givesTheCopyUpWhereItIsWorthless() throws Exception {
    shop.script("ok", "1:server-died,1:server-died,ok");

    Ended ended = pitr("--restore-id", "thrice");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.uidsOf("thrice")).hasSize(3);
    assertThat(shop.annotations("thrice")).containsEntry(RestoreKeys.ATTEMPT, "3");
    assertThat(shop.labels("thrice")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertThat(ended.outcome().path("warnings").toString()).contains("copy 2 came to nothing");
    assertThat(ended.outcome().path("objects").toString())
        .contains(shop.uidsOf("thrice").getLast())
        .doesNotContain(shop.uidsOf("thrice").getFirst());
  }

  @Test
  void endsWhenNoAttemptIsLeftAndBeginsAnewWhenItIsRunAgain() throws Exception {
    shop.script("1:copy-begun,1:copy-begun,ok", "ok");

    Ended ended = pitr("--restore-id", "exhausted", "--attempts", "2");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("attempts-exhausted");
    assertThat(shop.labels("exhausted"))
        .containsEntry(RestoreKeys.RESTORED, RestoreKeys.QUARANTINED);
    assertThat(shop.uidsOf("exhausted")).hasSize(2);

    Ended again = pitr("--restore-id", "exhausted", "--attempts", "2");

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.uidsOf("exhausted")).hasSize(3);
  }

  @Test
  void passesOnWhatAStepRefuses() throws Exception {
    shop.script("3:other-position", "ok");

    Ended ended = pitr("--restore-id", "refused");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.message()).contains("inspect ended with 3 (other-position)");
    assertThat(ended.outcome().path("next_step").asString()).isEqualTo("tell it something else");
    assertThat(shop.job("refused")).isNull();
    assertThat(shop.sandbox.podsOfJob("shop", "refused")).isEmpty();
    assertThat(shop.labels("refused")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.QUARANTINED);

    shop.script("ok", "ok");
    Ended again = pitr("--restore-id", "refused", "--accept-recovered-position");

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.uidsOf("refused")).hasSize(1);
    assertThat(shop.starts("inspect").getFirst()).endsWith("--accept-recovered-position");
  }

  @Test
  void isMisconfiguredWhereAStepSaysSo() throws Exception {
    shop.script("2:configuration", "ok");

    Ended ended = pitr("--restore-id", "misconfigured");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(2);
    assertThat(shop.job("misconfigured")).isNull();
  }

  @Test
  void failsWhenKubernetesGivesUpAndBeginsAnewWhenItIsRunAgain() throws Exception {
    shop.script("ok", "die");

    Ended ended = pitr("--restore-id", "dying");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.message()).contains("BackoffLimitExceeded").contains("replay ended with 9");
    assertThat(shop.labels("dying")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.QUARANTINED);

    shop.script("ok", "ok");
    Ended again = pitr("--restore-id", "dying");

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.uidsOf("dying")).hasSize(2);
  }

  @Test
  void letsKubernetesStartAStepAgain() throws Exception {
    shop.script("die,ok", "1:bucket-unreachable,ok");

    Ended ended = pitr("--restore-id", "restarted");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.uidsOf("restarted")).hasSize(1);
    assertThat(shop.starts("replay")).hasSize(2);
  }

  @Test
  void endsAtTheDeadlineOfAnAttempt() throws Exception {
    shop.script("ok", "block");

    Ended ended = pitr("--restore-id", "late", "--attempt-timeout", "4s");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.message()).contains("DeadlineExceeded");
  }

  @Test
  void saysWhyNothingStarts() throws Exception {
    shop.script("ok", "ok");
    shop.ownImage("mariadb-snapshot-jobs/restore-job:gone");
    try {
      Ended ended = pitr("--restore-id", "imageless", "--start-timeout", "3s");

      assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
      assertThat(ended.outcome().path("reason").asString()).isEqualTo("not-started");
      assertThat(ended.message()).contains("inspect waits: ErrImagePull");
      assertThat(shop.job("imageless")).isNotNull();
    } finally {
      shop.ownImage(RestorableShop.IMAGE);
    }

    Ended again = pitr("--restore-id", "imageless");

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.uidsOf("imageless")).hasSize(1);
  }

  @Test
  void doesNotTrustACopyWhoseServerWasStartedTwice() throws Exception {
    shop.script("ok", "block,ok");
    Ended[] ended = new Ended[1];
    Thread run = Thread.ofPlatform().start(() -> ended[0] = pitr("--restore-id", "twice"));
    String pod = shop.awaitPodOfJob("twice");
    shop.awaitStarts("replay", 1);

    shop.sandbox.container("shop", pod, "mariadb").kill();
    run.join(); // although the replay never ends by itself

    assertThat(ended[0].exit()).as(ended[0].err()).isZero();
    assertThat(shop.uidsOf("twice")).hasSize(2);
    assertThat(ended[0].outcome().path("warnings").toString()).contains("started a second time");
  }

  @Test
  void givesItsJobWhatItHasItself() throws Exception {
    shop.script("ok", "ok");

    assertThat(pitr("--restore-id", "like", "--server-memory", "512Mi").exit()).isZero();

    Job job = Objects.requireNonNull(shop.job("like"));
    var pod = job.getSpec().getTemplate().getSpec();
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getContainers().getFirst().getImage()).isEqualTo(RestorableShop.IMAGE);
    assertThat(pod.getContainers().getFirst().getEnv())
        .extracting(variable -> variable.getName())
        .contains("S3_BUCKET", "INSTANCE", "DEADLINE")
        .doesNotContain("RESTORE_POD", "KUBECONFIG");
    assertThat(pod.getInitContainers().get(1).getArgs())
        .contains("--innodb-buffer-pool-size=" + (256 << 20));
    assertThat(job.getMetadata().getAnnotations())
        .containsAllEntriesOf(Map.of(RestoreKeys.SNAPSHOT, "shop-monday"));
  }
}
