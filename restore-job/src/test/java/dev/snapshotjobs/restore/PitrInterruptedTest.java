package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.restore.ArchivedShop.Ended;
import dev.snapshotjobs.sandbox.FaultRule;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.JobProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The run dies, or the API does not answer: the restore goes on all the same, and only once.
class PitrInterruptedTest {
  private static final Duration LONG = Duration.ofSeconds(90);

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static RestorableShop shop;

  @BeforeAll
  static void prepare() throws Exception {
    shop = new RestorableShop();
    shop.snapshot("shop-monday");
    shop.run("INSERT INTO shop.orders VALUES (1)");
    shop.archive();
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @AfterEach
  void clear() {
    shop.sandbox.faults().clear();
    shop.ownController("");
  }

  private static Ended pitr(String id, String... more) {
    String[] all = new String[more.length + 2];
    System.arraycopy(more, 0, all, 2, more.length);
    all[0] = "--restore-id";
    all[1] = id;
    return shop.restoreJob("pitr", List.of("--to-latest"), all);
  }

  /// As soon as it is known.
  private static void kill(AtomicReference<JobProcess> process) {
    while (process.get() == null) {
      Thread.onSpinWait();
    }
    process.get().kill();
  }

  /// A run that dies at a request.
  private static void killed(String id, Function<Runnable, Hook> at) throws Exception {
    AtomicReference<JobProcess> process = new AtomicReference<>();
    shop.sandbox.faults().add(at.apply(() -> kill(process)));
    process.set(shop.start("pitr", "--to-latest", "--restore-id", id));
    assertThat(process.get().awaitExit(LONG)).isEqualTo(137);
  }

  @ParameterizedTest
  @CsvSource({
    "before-claim, BEFORE, POST, /persistentvolumeclaims",
    "after-claim, AFTER, POST, /persistentvolumeclaims",
    "before-job, BEFORE, POST, /jobs",
    "after-job, AFTER, POST, /jobs",
    "before-ready, BEFORE, PATCH, /persistentvolumeclaims/",
    "after-ready, AFTER, PATCH, /persistentvolumeclaims/"
  })
  void goesOnWhereverItWasKilled(String id, Hook.Moment moment, String verb, String path)
      throws Exception {
    shop.script("ok", "ok");
    killed(
        id,
        kill ->
            moment == Hook.Moment.BEFORE
                ? Hook.before(verb, path, kill)
                : Hook.after(verb, path, kill));

    Ended again = pitr(id);

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.labels(id)).containsEntry(RestoreKeys.RESTORED, RestoreKeys.READY);
    assertThat(shop.uidsOf(id)).hasSize(1);
    assertThat(shop.starts("replay")).hasSize(1);
  }

  @Test
  void goesOnAsItWasPlannedThoughTheArchiveHasGrown() throws Exception {
    shop.script("ok", "ok");
    shop.ownController("uid-of-the-job-that-is-killed");
    // What was sent in part before the process died may arrive or not; here it must not.
    shop.sandbox.faults().add(FaultRule.drop("POST", "/persistentvolumeclaims"));
    killed("grown", kill -> Hook.before("POST", "/persistentvolumeclaims", kill));
    assertThat(shop.claim("grown")).isNull();
    String planned = shop.ask("SELECT @@gtid_binlog_pos");
    shop.run("INSERT INTO shop.orders VALUES (2)");
    shop.archive();
    String archived = shop.ask("SELECT @@gtid_binlog_pos");

    shop.ownController("uid-of-a-later-job");
    Ended other = pitr("grown");
    shop.ownController("uid-of-the-job-that-is-killed");
    Ended again = pitr("grown");
    shop.ownController("uid-of-a-later-job");
    Ended asked = pitr("grown");

    assertThat(other.exit()).as(other.err()).isEqualTo(3);
    assertThat(other.outcome().path("reason").asString()).isEqualTo("other-plan");
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.annotations("grown")).containsEntry(RestoreKeys.GTID_TARGET, planned);
    assertThat(again.outcome().path("warnings").toString())
        .contains("to '" + archived + "'")
        .contains("--restore-id");
    assertThat(asked.outcome().path("reason").asString()).isEqualTo("other-plan");
  }

  @Test
  void leavesEverythingWhenItIsStopped() throws Exception {
    shop.script("ok", "block,ok");
    JobProcess process = shop.start("pitr", "--to-latest", "--restore-id", "stopped");
    String pod = shop.awaitPodOfJob("stopped");
    shop.awaitStarts("replay", 1);

    process.terminate();

    assertThat(process.awaitExit(LONG)).isEqualTo(143);
    assertThat(shop.job("stopped")).isNotNull();
    assertThat(shop.labels("stopped")).containsEntry(RestoreKeys.RESTORED, RestoreKeys.QUARANTINED);
    shop.sandbox.container("shop", pod, "replay").kill();
    Ended again = pitr("stopped");
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.uidsOf("stopped")).hasSize(1);
    assertThat(shop.starts("replay")).hasSize(2);
  }

  /// In the middle of making a second copy: the first one is asked to go, and nobody waits for it.
  @Test
  void removesAWorthlessCopyThatAnotherRunHasBegunToRemove() throws Exception {
    shop.script("ok", "1:server-died,ok");
    killed("removing", kill -> Hook.after("DELETE", "/jobs/", kill));

    Ended again = pitr("removing");

    assertThat(again.exit()).as(again.err()).isZero();
  }

  @Test
  void waitsForAnApiThatDoesNotAnswer() throws Exception {
    shop.script("ok", "ok");
    shop.sandbox
        .faults()
        .add(
            Hook.after(
                "POST",
                "/jobs",
                () ->
                    List.of(409, 410, 429, 500)
                        .forEach(
                            status ->
                                shop.sandbox
                                    .faults()
                                    .add(
                                        FaultRule.answer("GET", "/jobs/|/pods", status)
                                            .times(4)))));

    Ended ended = pitr("api");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("the API does not answer");
    assertThat(shop.uidsOf("api")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"lost-claim, /persistentvolumeclaims", "lost-job, /jobs"})
  void takesWhatItHasMadeThoughTheAnswerWasLost(String id, String path) throws Exception {
    shop.script("ok", "ok");
    shop.sandbox.faults().add(FaultRule.loseAnswer("POST", path));

    Ended ended = pitr(id);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.uidsOf(id)).hasSize(1);
  }

  @Test
  void failsWhenItsJobIsTakenAway() throws Exception {
    shop.script("ok", "block");
    Ended[] ended = new Ended[1];
    Thread run = Thread.ofPlatform().start(() -> ended[0] = pitr("taken"));
    shop.awaitPodOfJob("taken");
    shop.awaitStarts("replay", 1);

    shop.sandbox.client().batch().v1().jobs().inNamespace("shop").withName("taken").delete();
    run.join();

    assertThat(ended[0].exit()).as(ended[0].err()).isEqualTo(1);
    assertThat(ended[0].message()).contains("deleted by someone else");
  }

  /// The archive grows while the first pod of a Job is at work, and the second one is asked for the
  /// latest as the first one was.
  @ParameterizedTest
  @ValueSource(strings = {"", "named"})
  void goesOnWithWhatAnEarlierPodOfTheSameJobHasBegun(String id) throws Exception {
    shop.script("ok", "ok");
    shop.ownController("uid-of-the-job-of-pitr-" + id);
    List<String> command = new ArrayList<>(List.of("pitr", "--to-latest"));
    if (!id.isEmpty()) {
      command.addAll(List.of("--restore-id", id));
    }
    AtomicReference<JobProcess> process = new AtomicReference<>();
    shop.sandbox.faults().add(Hook.after("POST", "/jobs", () -> kill(process)));
    int before = shop.objects("shop/restores/").size();
    process.set(shop.start(command.toArray(String[]::new)));
    assertThat(process.get().awaitExit(LONG)).isEqualTo(137);
    shop.run("INSERT INTO shop.orders SELECT MAX(id) + 1 FROM shop.orders");
    shop.archive();

    Ended again = shop.restoreJob(command.toArray(String[]::new));

    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(shop.objects("shop/restores/")).hasSize(before + 1);
    assertThat(shop.starts("replay")).hasSize(1);
  }

  /// Nobody has asked for anything new, and each copy takes its time.
  @Test
  void triesNoFurtherCopiesInAnotherPodOfTheSameJob() throws Exception {
    shop.script("1:copy-begun,1:copy-begun,ok", "ok");
    shop.ownController("uid-of-the-job-that-tries");
    assertThat(pitr("tried", "--attempts", "2").exit()).isEqualTo(1);

    Ended again = pitr("tried", "--attempts", "2");

    assertThat(again.exit()).as(again.err()).isEqualTo(1);
    assertThat(again.outcome().path("reason").asString()).isEqualTo("attempts-exhausted");
    assertThat(shop.uidsOf("tried")).hasSize(2);
    shop.ownController("uid-of-another-job");
    Ended anew = pitr("tried", "--attempts", "2");
    assertThat(anew.exit()).as(anew.err()).isZero();
    assertThat(shop.uidsOf("tried")).hasSize(3);
  }
}
