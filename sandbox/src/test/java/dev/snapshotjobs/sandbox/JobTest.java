package dev.snapshotjobs.sandbox;

import static dev.snapshotjobs.sandbox.RestoreLikeJob.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

  private Path start(RestoreLikeJob job) {
    sandbox.client().resource(job.claim().build()).create();
    PersistentVolumeClaim claim =
        sandbox
            .client()
            .persistentVolumeClaims()
            .inNamespace(NAMESPACE)
            .withName(job.name())
            .waitUntilCondition(
                found -> found != null && VolumeProvisioner.isBound(found), 30, TimeUnit.SECONDS);
    Path volume = sandbox.volumeFolder(claim.getSpec().getVolumeName());
    MariaDbBinaries.locate(Host.probe()).initialise(volume.resolve("mysql"));
    sandbox.client().resource(job.job()).create();
    return volume;
  }

  private Pod podOf(String job) {
    List<Pod> pods = sandbox.podsOfJob(NAMESPACE, job);
    assertThat(pods).hasSize(1);
    return pods.getFirst();
  }

  private static JobProcess.End ended(JobProcess process) {
    return process.end().orElseThrow();
  }
}
