package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JobProcessTest {

  private final Sandbox sandbox = Sandbox.start();

  @AfterAll
  void close() {
    sandbox.close();
  }

  @Test
  void runsAMainClassInACleanEnvironmentAndMeasuresIt() {
    JobProcess job =
        sandbox.startJob(
            JobProcess.Spec.of(PrintingJob.class.getName(), "3").withEnv(Map.of("GREETING", "hi")));

    assertThat(job.awaitExit(Duration.ofSeconds(30))).isEqualTo(3);
    assertThat(job.stdout().lines())
        .containsExactly("GREETING=hi", "KUBECONFIG=" + sandbox.kubeconfig());
    assertThat(job.stderr()).isEqualTo("done\n");
    assertThat(job.terminationMessage()).isEqualTo("exit 3");
    assertThat(job.wallTime()).isPositive();
    assertThat(job.peakRssKib()).isGreaterThan(1000);
  }

  @Test
  void canBeTerminatedWhileItRuns() {
    JobProcess job =
        sandbox.startJob(JobProcess.Spec.of(PrintingJob.class.getName(), "wait", "secret-free"));

    assertThat(job.visibleCommandLine()).contains(PrintingJob.class.getName(), "secret-free");
    job.terminate();

    assertThat(job.awaitExit(Duration.ofSeconds(30))).isEqualTo(143);
  }
}
