package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.RestoreLikeJob.NAMESPACE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JobTest {

  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private final Sandbox sandbox = Sandbox.start();

  @BeforeAll
  void prepare() {
    sandbox.createNamespace(NAMESPACE);
    sandbox.provideImage(
        RestoreLikeJob.IMAGE,
        JobProcess.Spec.of(ScriptedStep.class.getName())
            .withJvmArgs("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
  }

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void containersRunInTheirOrderAndTheSidecarEndsLast() {
    Path volume = start(RestoreLikeJob.named("order"));

    JobEnd end = sandbox.awaitJob(NAMESPACE, "order", DEADLINE);

    assertThat(end.succeeded()).as(end.toString()).isTrue();
    assertThat(volume.resolve("state/order"))
        .hasContent("inspect starts\ninspect ends\nreplay starts\nreplay ends");
    String pod = podOf("order").getMetadata().getName();
    JobProcess inspect = sandbox.container(NAMESPACE, pod, "inspect");
    JobProcess mariadb = sandbox.container(NAMESPACE, pod, "mariadb");
    JobProcess replay = sandbox.container(NAMESPACE, pod, "replay");
    assertThat(mariadb.startTime()).isAfterOrEqualTo(ended(inspect).time());
    assertThat(replay.startTime()).isAfterOrEqualTo(mariadb.startTime());
    assertThat(ended(mariadb).time()).isAfter(ended(replay).time());
    assertThat(ended(mariadb).exitCode()).isZero();
    assertThat(mariadb.stderr()).contains("Shutdown complete");
    assertThat(replay.stdout()).contains("datadir=" + volume.resolve("mysql") + "/");
  }

  @Test
  void statusesSayWhatTheKubeletAndTheJobControllerWouldWrite() {
    start(RestoreLikeJob.named("statuses"));
    sandbox.awaitJob(NAMESPACE, "statuses", DEADLINE);

    Job job = job("statuses").get();
    assertThat(job.getStatus().getSucceeded()).isEqualTo(1);
    assertThat(job.getStatus().getActive()).isNull();
    assertThat(job.getStatus().getFailed()).isNull();
    assertThat(job.getStatus().getCompletionTime()).isNotBlank();
    assertThat(job.getStatus().getConditions())
        .extracting(JobCondition::getType)
        .containsExactly("SuccessCriteriaMet", "Complete");
    Pod pod = podOf("statuses");
    assertThat(pod.getMetadata().getName()).matches("statuses-[a-z0-9]{5}");
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("app", "restore")
        .containsEntry("batch.kubernetes.io/job-name", "statuses")
        .containsEntry("job-name", "statuses");
    assertThat(pod.getMetadata().getOwnerReferences().getFirst().getController()).isTrue();
    assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
    assertThat(pod.getStatus().getPodIP()).startsWith("127.").isNotEqualTo("127.0.0.1");
    assertThat(pod.getStatus().getConditions())
        .anySatisfy(
            ready -> {
              assertThat(ready.getType()).isEqualTo("Ready");
              assertThat(ready.getReason()).isEqualTo("PodCompleted");
            });
    assertThat(terminated(pod, "inspect").getReason()).isEqualTo("Completed");
    assertThat(terminated(pod, "inspect").getMessage()).isEqualTo("inspect 1: prepare");
    assertThat(terminated(pod, "mariadb").getExitCode()).isZero();
    assertThat(terminated(pod, "replay").getMessage()).isEqualTo("replay 1: query");
    assertThat(terminated(pod, "replay").getFinishedAt()).isNotBlank();
  }

  @Test
  void pathsAndTheLoopbackAddressAreThoseOfThePod() {
    Path volume = start(RestoreLikeJob.named("paths"));
    sandbox.awaitJob(NAMESPACE, "paths", DEADLINE);

    Pod pod = podOf("paths");
    assertThat(process(pod, "replay").stdout().lines())
        .startsWith("replay", volume.resolve("state").toString(), "--data=" + volume + "/mysql")
        .contains(
            "DATABASE=" + pod.getStatus().getPodIP(),
            "POD_NAME=" + pod.getMetadata().getName(),
            "datadir=" + volume + "/mysql/")
        .noneMatch(line -> line.startsWith("KUBECONFIG="));
  }

  @Test
  void volumeCanBeServedAfterwards() throws SQLException {
    Path volume = start(RestoreLikeJob.named("served"));
    sandbox.awaitJob(NAMESPACE, "served", DEADLINE);

    try (MariaDbServer server =
            MariaDbServer.start(MariaDbServer.Spec.of(volume.resolve("mysql")));
        Connection connection = server.connect("prepared")) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void failedInitialContainerIsRepeatedBeforeTheOthersStart() {
    Path volume = start(RestoreLikeJob.named("repeated").withInspect("fail,prepare"));

    assertThat(sandbox.awaitJob(NAMESPACE, "repeated", DEADLINE).succeeded()).isTrue();

    assertThat(volume.resolve("state/order"))
        .hasContent(
            """
            inspect starts
            inspect ends
            inspect starts
            inspect ends
            replay starts
            replay ends
            """);
    Pod pod = podOf("repeated");
    ContainerStatus inspect = status(pod, "inspect");
    assertThat(inspect.getRestartCount()).isEqualTo(1);
    assertThat(inspect.getState().getTerminated().getMessage()).isEqualTo("inspect 2: prepare");
    assertThat(inspect.getLastState().getTerminated().getExitCode()).isEqualTo(7);
    assertThat(inspect.getLastState().getTerminated().getReason()).isEqualTo("Error");
    assertThat(inspect.getLastState().getTerminated().getMessage()).isEqualTo("inspect 1: fail");
    assertThat(sandbox.attempts(NAMESPACE, pod.getMetadata().getName(), "inspect"))
        .extracting(JobProcess::terminationMessage)
        .containsExactly("inspect 1: fail", "inspect 2: prepare");
  }

  @Test
  void killedContainerIsStartedAgainBesideTheSameSidecar()
      throws IOException, InterruptedException {
    Path volume = start(RestoreLikeJob.named("killed").withReplay("block,query"));
    String pod = nameOfPod("killed");
    JobProcess replay = sandbox.awaitAttempt(NAMESPACE, pod, "replay", 1);
    JobProcess mariadb = sandbox.container(NAMESPACE, pod, "mariadb");

    awaitReplay(volume);
    replay.kill();

    assertThat(sandbox.awaitJob(NAMESPACE, "killed", DEADLINE).succeeded()).isTrue();
    assertThat(podOf("killed").getMetadata().getName()).isEqualTo(pod);
    assertThat(status(podOf("killed"), "replay").getRestartCount()).isEqualTo(1);
    assertThat(status(podOf("killed"), "replay").getLastState().getTerminated().getExitCode())
        .isEqualTo(137);
    assertThat(sandbox.attempts(NAMESPACE, pod, "mariadb")).containsExactly(mariadb);
  }

  @Test
  void killedSidecarIsStartedAgainBesideTheSameContainer()
      throws IOException, InterruptedException {
    Path volume = start(RestoreLikeJob.named("sidecar").withReplay("block,query"));
    String pod = nameOfPod("sidecar");
    JobProcess replay = sandbox.awaitAttempt(NAMESPACE, pod, "replay", 1);
    awaitReplay(volume);

    sandbox.container(NAMESPACE, pod, "mariadb").kill();

    JobProcess again = sandbox.awaitAttempt(NAMESPACE, pod, "mariadb", 2);
    assertThat(again.isRunning()).isTrue();
    assertThat(sandbox.attempts(NAMESPACE, pod, "replay")).containsExactly(replay);
    assertThat(replay.isRunning()).isTrue();
    replay.kill();
    assertThat(sandbox.awaitJob(NAMESPACE, "sidecar", DEADLINE).succeeded()).isTrue();
    assertThat(status(podOf("sidecar"), "mariadb").getRestartCount()).isEqualTo(1);
    assertThat(ended(again).exitCode()).isZero();
  }

  @Test
  void jobFailsWhenItsContainersWereRestartedAsOftenAsItsLimit() {
    start(RestoreLikeJob.named("hopeless").withReplay("fail").withLimit(2));
    String pod = nameOfPod("hopeless");

    JobEnd end = sandbox.awaitJob(NAMESPACE, "hopeless", DEADLINE);

    assertThat(end.succeeded()).isFalse();
    assertThat(end.reason()).isEqualTo("BackoffLimitExceeded");
    assertThat(job("hopeless").get().getStatus().getFailed()).isEqualTo(1);
    Sandbox.awaitGone(pod(pod), DEADLINE);
    assertThat(sandbox.attempts(NAMESPACE, pod, "replay")).hasSize(3);
    assertThat(sandbox.attempts(NAMESPACE, pod, "mariadb"))
        .allSatisfy(process -> assertThat(process.isRunning()).isFalse());
  }

  @Test
  void withoutRestartsEachFailureHasAPodOfItsOwn() {
    start(
        RestoreLikeJob.named("never")
            .withReplay("fail,query")
            .withRestartPolicy("Never")
            .withLimit(1));

    assertThat(sandbox.awaitJob(NAMESPACE, "never", DEADLINE).succeeded()).isTrue();

    assertThat(sandbox.podsOfJob(NAMESPACE, "never"))
        .extracting(pod -> pod.getStatus().getPhase())
        .containsExactlyInAnyOrder("Failed", "Succeeded");
    assertThat(job("never").get().getStatus().getFailed()).isEqualTo(1);
  }

  @Test
  void jobFailsAtItsDeadline() {
    RestoreLikeJob blocking = RestoreLikeJob.named("late").withReplay("block");
    start(
        blocking,
        new JobBuilder(blocking.job()).editSpec().withActiveDeadlineSeconds(1L).endSpec().build());

    JobEnd end = sandbox.awaitJob(NAMESPACE, "late", DEADLINE);

    assertThat(end.reason()).isEqualTo("DeadlineExceeded");
  }

  @Test
  void deletedJobTakesItsPodItsProcessesAndItsHoldOnTheClaimAlong() {
    start(RestoreLikeJob.named("deleted").withReplay("block"));
    String pod = nameOfPod("deleted");
    JobProcess replay = sandbox.awaitAttempt(NAMESPACE, pod, "replay", 1);
    JobProcess mariadb = sandbox.container(NAMESPACE, pod, "mariadb");
    Path scratch = scratch(sandbox.container(NAMESPACE, pod, "inspect"));
    assertThat(scratch).isDirectory();
    claim("deleted").delete();
    assertThat(claim("deleted").get()).as("a claim in use").isNotNull();

    job("deleted").delete();

    Sandbox.awaitGone(pod(pod), DEADLINE);
    assertThat(ended(replay).exitCode()).isEqualTo(143);
    assertThat(ended(mariadb).time()).isAfter(ended(replay).time());
    assertThat(scratch).doesNotExist();
    Sandbox.awaitGone(claim("deleted"), DEADLINE);
  }

  @Test
  void deletedPodIsReplaced() throws IOException, InterruptedException {
    Path volume = start(RestoreLikeJob.named("replaced").withReplay("block,query"));
    String pod = nameOfPod("replaced");
    JobProcess replay = sandbox.awaitAttempt(NAMESPACE, pod, "replay", 1);
    awaitReplay(volume);

    pod(pod).delete();

    assertThat(sandbox.awaitJob(NAMESPACE, "replaced", DEADLINE).succeeded()).isTrue();
    assertThat(podOf("replaced").getMetadata().getName()).isNotEqualTo(pod);
    assertThat(ended(replay).exitCode()).isEqualTo(143);
    assertThat(job("replaced").get().getStatus().getFailed()).isEqualTo(1);
  }

  @Test
  void replacementWaitsForTheEndOfTheFirstPodWhereThatIsAskedFor() {
    RestoreLikeJob blocking = RestoreLikeJob.named("patient").withReplay("block");
    start(
        blocking,
        new JobBuilder(blocking.job())
            .editSpec()
            .withPodReplacementPolicy("Failed")
            .endSpec()
            .build());
    String first = nameOfPod("patient");
    JobProcess mariadb = sandbox.awaitAttempt(NAMESPACE, first, "mariadb", 1);

    pod(first).delete();
    Sandbox.awaitGone(pod(first), DEADLINE);

    String second = nameOfPod("patient");
    JobProcess inspect = sandbox.awaitAttempt(NAMESPACE, second, "inspect", 1);
    assertThat(inspect.startTime()).isAfter(ended(mariadb).time());
    job("patient").delete();
    Sandbox.awaitGone(pod(second), DEADLINE);
  }

  @Test
  void initialServerThatShutsItselfDownIsFollowedByTheNextContainer() {
    RestoreLikeJob restore = RestoreLikeJob.named("recovered");
    Container recover =
        new ContainerBuilder(RestoreLikeJob.mariadb())
            .withName("recover")
            .withRestartPolicy(null)
            .withArgs("--datadir=/var/lib/mysql", "--init-file=/scratch/shutdown.sql")
            .build();
    start(
        restore,
        new JobBuilder(restore.job())
            .editSpec()
            .editTemplate()
            .editSpec()
            .addToInitContainers(1, recover)
            .endSpec()
            .endTemplate()
            .endSpec()
            .build());

    assertThat(sandbox.awaitJob(NAMESPACE, "recovered", DEADLINE).succeeded()).isTrue();

    Pod pod = podOf("recovered");
    assertThat(terminated(pod, "recover").getExitCode()).isZero();
    assertThat(process(pod, "mariadb").startTime())
        .isAfterOrEqualTo(ended(process(pod, "recover")).time());
  }

  @Test
  void podWaitsForItsClaim() {
    RestoreLikeJob waiting = RestoreLikeJob.named("waiting");
    sandbox.client().resource(waiting.job()).create();
    Pod pod = sandbox.awaitPodOfJob(NAMESPACE, "waiting");
    pod(pod.getMetadata().getName())
        .waitUntilCondition(JobTest::isUnschedulable, 30, TimeUnit.SECONDS);

    sandbox.client().resource(waiting.claim().build()).create();

    sandbox.awaitAttempt(NAMESPACE, pod.getMetadata().getName(), "inspect", 1);
    job("waiting").delete();
    Sandbox.awaitGone(pod(pod.getMetadata().getName()), DEADLINE);
  }

  private static boolean isUnschedulable(Pod pod) {
    return pod != null
        && pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(each -> "Unschedulable".equals(each.getReason()));
  }

  private Path start(RestoreLikeJob job) {
    return start(job, job.job());
  }

  private Path start(RestoreLikeJob restore, Job job) {
    sandbox.client().resource(restore.claim().build()).create();
    PersistentVolumeClaim claim =
        claim(restore.name())
            .waitUntilCondition(
                found -> found != null && VolumeProvisioner.isBound(found), 30, TimeUnit.SECONDS);
    Path volume = sandbox.volumeFolder(claim.getSpec().getVolumeName());
    MariaDbBinaries.locate(Host.probe()).initialise(volume.resolve("mysql"));
    sandbox.client().resource(job).create();
    return volume;
  }

  /// Until replay has counted its start: killed before, it would do the same again.
  private static void awaitReplay(Path volume) throws IOException, InterruptedException {
    Path state = volume.resolve("state");
    try (WatchService watch = state.getFileSystem().newWatchService()) {
      state.register(watch, ENTRY_CREATE, ENTRY_MODIFY);
      while (!Files.readString(state.resolve("order")).contains("replay starts\n")) {
        WatchKey key = watch.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(key).as("replay has started").isNotNull();
        key.pollEvents();
        key.reset();
      }
    }
  }

  private Resource<PersistentVolumeClaim> claim(String name) {
    return sandbox.client().persistentVolumeClaims().inNamespace(NAMESPACE).withName(name);
  }

  private Resource<Job> job(String name) {
    return sandbox.client().batch().v1().jobs().inNamespace(NAMESPACE).withName(name);
  }

  private Resource<Pod> pod(String name) {
    return sandbox.client().pods().inNamespace(NAMESPACE).withName(name);
  }

  private String nameOfPod(String job) {
    return sandbox.awaitPodOfJob(NAMESPACE, job).getMetadata().getName();
  }

  private Pod podOf(String job) {
    List<Pod> pods = sandbox.podsOfJob(NAMESPACE, job);
    assertThat(pods).hasSize(1);
    return pods.getFirst();
  }

  private JobProcess process(Pod pod, String container) {
    return sandbox.container(NAMESPACE, pod.getMetadata().getName(), container);
  }

  private static Path scratch(JobProcess inspect) {
    return inspect
        .stdout()
        .lines()
        .filter(line -> line.startsWith("INIT_FILE="))
        .map(line -> Path.of(line.replaceFirst("[^=]*=", "")).getParent())
        .findFirst()
        .orElseThrow();
  }

  private static ContainerStatus status(Pod pod, String container) {
    return Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream())
        .filter(status -> status.getName().equals(container))
        .findFirst()
        .orElseThrow();
  }

  private static ContainerStateTerminated terminated(Pod pod, String container) {
    return status(pod, container).getState().getTerminated();
  }

  private static JobProcess.End ended(JobProcess process) {
    return process.end().orElseThrow();
  }
}
