package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobStateTest {
  private static Job job(String condition, String reason) {
    return new JobBuilder()
        .withNewMetadata()
        .withName("job")
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType(condition)
        .withStatus("True")
        .withReason(reason)
        .withMessage("as the controller says")
        .endCondition()
        .endStatus()
        .build();
  }

  private static final Job RUNNING =
      new JobBuilder().withNewMetadata().withName("job").endMetadata().build();
  private static final Job COMPLETE = job("Complete", "CompletionsReached");

  private static ContainerState ended(int exit, String message) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(exit)
        .withReason(exit == 0 ? "Completed" : "Error")
        .withMessage(message)
        .endTerminated()
        .build();
  }

  private static ContainerState running() {
    return new ContainerStateBuilder().withNewRunning().endRunning().build();
  }

  private static ContainerStatus status(String name, int restarts, ContainerState state) {
    return new ContainerStatusBuilder()
        .withName(name)
        .withRestartCount(restarts)
        .withState(state)
        .build();
  }

  private static Pod pod(String phase, ContainerStatus server, ContainerStatus replay) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod")
        .withCreationTimestamp("2026-11-22T12:00:00Z")
        .endMetadata()
        .withNewStatus()
        .withPhase(phase)
        .withInitContainerStatuses(server)
        .withContainerStatuses(replay)
        .endStatus()
        .build();
  }

  private static final ContainerStatus REPLAYED =
      status(
          "replay",
          0,
          ended(
              0,
              "{\"reason\":\"replayed\",\"message\":\"3 databases\",\"positions\":{\"a\":\"b\"}}"));

  @Test
  void isCompleteOnlyWhenTheServerWasShutDownCleanly() {
    JobState clean =
        JobState.of(
            COMPLETE, List.of(pod("Succeeded", status("mariadb", 0, ended(0, "")), REPLAYED)));
    JobState killed =
        JobState.of(
            COMPLETE,
            List.of(pod("Succeeded", status("mariadb", 0, ended(137, "Killed")), REPLAYED)));
    JobState running =
        JobState.of(COMPLETE, List.of(pod("Succeeded", status("mariadb", 0, running()), REPLAYED)));
    JobState twice =
        JobState.of(
            COMPLETE, List.of(pod("Succeeded", status("mariadb", 1, ended(0, "")), REPLAYED)));

    assertThat(clean)
        .isInstanceOfSatisfying(
            JobState.Complete.class,
            complete -> {
              assertThat(complete.replay().message()).isEqualTo("3 databases");
              assertThat(complete.replay().positions()).containsEntry("a", "b");
            });
    assertThat(killed)
        .isInstanceOfSatisfying(
            JobState.Failed.class,
            failed ->
                assertThat(failed.why())
                    .contains("not shut down cleanly")
                    .contains("ended with 137"));
    assertThat(running).isInstanceOf(JobState.Failed.class);
    assertThat(twice).isInstanceOf(JobState.Worthless.class);
    assertThat(JobState.of(COMPLETE, List.of())).isInstanceOf(JobState.Failed.class);
  }

  @Test
  void takesWhatAContainerHasSaidFromBeforeItsRestart() {
    ContainerStatus again =
        new ContainerStatusBuilder()
            .withName("replay")
            .withRestartCount(1)
            .withNewState()
            .withNewRunning()
            .endRunning()
            .endState()
            .withLastState(ended(3, "{\"reason\":\"other-history\",\"message\":\"no\"}"))
            .build();

    assertThat(
            JobState.of(RUNNING, List.of(pod("Running", status("mariadb", 0, running()), again))))
        .isInstanceOfSatisfying(
            JobState.Refused.class,
            refused -> assertThat(refused.by().reason()).isEqualTo("other-history"));
  }

  /// The replay waits for it, and nobody else would tell.
  @Test
  void seesAServerThatIsStartedAgain() {
    ContainerStatus server =
        new ContainerStatusBuilder()
            .withName("mariadb")
            .withRestartCount(1)
            .withNewState()
            .withNewWaiting("back-off 10s", "CrashLoopBackOff")
            .endState()
            .withLastState(
                ended(
                    1,
                    """
                    2026-11-29  5:32:34 0 [Note] InnoDB: End of log at LSN=368033
                    2026-11-29  5:32:34 0 [ERROR] InnoDB: Encryption key is not found for ./shop/o2.ibd
                    2026-11-29  5:32:34 0 [ERROR] Aborting
                    """))
            .build();

    assertThat(
            JobState.of(RUNNING, List.of(pod("Running", server, status("replay", 0, running())))))
        .isEqualTo(
            new JobState.Worthless(
                "the server was started a second time on the same copy: mariadb ended with 1: Error: InnoDB: Encryption key is not found for ./shop/o2.ibd"));
  }

  @Test
  void tellsWhatTheLastLineWasWhereThereIsNoOutcome() {
    JobState failed =
        JobState.of(
            job("Failed", "BackoffLimitExceeded"),
            List.of(
                pod(
                    "Failed",
                    status("mariadb", 0, running()),
                    status("replay", 3, ended(137, "one\njava.lang.OutOfMemoryError\n")))));

    assertThat(failed)
        .isInstanceOfSatisfying(
            JobState.Failed.class,
            state ->
                assertThat(state.why())
                    .contains("BackoffLimitExceeded")
                    .contains("replay ended with 137: Error: java.lang.OutOfMemoryError"));
  }

  @Test
  void anyOtherDeathIsForKubernetes() {
    JobState state =
        JobState.of(
            RUNNING,
            List.of(
                pod(
                    "Running",
                    status("mariadb", 0, running()),
                    status(
                        "replay",
                        0,
                        ended(1, "{\"reason\":\"bucket-unreachable\",\"message\":\"\"}")))));

    assertThat(state)
        .isInstanceOfSatisfying(
            JobState.Working.class, working -> assertThat(working.started()).isTrue());
    assertThat(JobState.of(RUNNING, List.of()))
        .isEqualTo(new JobState.Working(false, "the Job has no pod yet"));
  }

  private static ContainerStatus waiting(String name, String reason, String message) {
    return status(
        name,
        0,
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason(reason)
            .withMessage(message)
            .endWaiting()
            .build());
  }

  private static Pod startingPod(String created, ContainerStatus... containers) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod-of-" + created)
        .withCreationTimestamp(created)
        .endMetadata()
        .withNewStatus()
        .withPhase("Pending")
        .withInitContainerStatuses(containers)
        .endStatus()
        .build();
  }

  /// Its image is the one that was recorded a month ago, and the first one that runs is another.
  @Test
  void hasNotStartedWhileTheServersImageCannotBePulled() {
    JobState inspecting =
        JobState.of(
            RUNNING,
            List.of(
                startingPod(
                    "2026-11-22T12:00:00Z",
                    status("inspect", 0, running()),
                    waiting("mariadb", "PodInitializing", ""))));
    JobState pulling =
        JobState.of(
            RUNNING,
            List.of(
                startingPod(
                    "2026-11-22T12:00:00Z",
                    status("inspect", 0, ended(0, "")),
                    waiting("mariadb", "ImagePullBackOff", "no such manifest"))));

    assertThat(inspecting).isEqualTo(new JobState.Working(true, "inspect is running"));
    assertThat(pulling)
        .isEqualTo(
            new JobState.Working(false, "mariadb waits: ImagePullBackOff, no such manifest"));
  }

  /// What an evicted pod has done is of no help to the next one.
  @Test
  void hasNotStartedWhileItsNewestPodHasNot() {
    Pod evicted = startingPod("2026-11-22T12:00:00Z", status("mariadb", 0, ended(137, "")));
    Pod next = startingPod("2026-11-22T12:01:00Z");

    assertThat(JobState.of(RUNNING, List.of(evicted, next)))
        .isEqualTo(new JobState.Working(false, "its pod is Pending"));
  }
}
