package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal.Cause;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StoppingTest {

  private final InProcess process = new InProcess();

  private static Conclusion sleepForever() throws InterruptedException {
    new CountDownLatch(1).await();
    return InProcess.fine();
  }

  @Test
  void failsAtItsDeadlineAfterUndoing() {
    AtomicBoolean undone = new AtomicBoolean();
    int exit =
        process.run(
            run -> {
              try (Undo _ = run.stop().onStop("unlock", () -> undone.set(true))) {
                return sleepForever();
              }
            },
            "--deadline=PT0.2S");
    assertThat(exit).isEqualTo(1);
    assertThat(undone).isTrue();
    assertThat(process.outcome("reason")).isEqualTo("deadline");
    assertThat(process.outcome("verdict")).isEqualTo("stopped");
  }

  @Test
  void endsWith143WhenASignalStopsIt() {
    int exit =
        process.run(
            run -> {
              run.stop().request(Cause.SIGNAL);
              run.stop().throwIfRequested();
              return InProcess.fine();
            });
    assertThat(exit).isEqualTo(143);
    assertThat(process.outcome("reason")).isEqualTo("stopped");
  }

  @Test
  void keepsTheConclusionOfAJobThatEndsWellAllTheSame() {
    int exit =
        process.run(
            run -> {
              run.stop().request(Cause.SIGNAL);
              return InProcess.fine();
            });
    assertThat(exit).isZero();
    assertThat(process.outcome("verdict")).isEqualTo("fine");
  }

  @Test
  void blamesTheStopForWhatTheStopBroke() {
    int exit =
        process.run(
            run -> {
              run.stop().request(Cause.SIGNAL);
              throw JobException.failed(SampleReason.UNSAFE, "The connection broke.", "Retry.");
            });
    assertThat(exit).isEqualTo(143);
    assertThat(process.outcome("message")).contains("The connection broke.");
  }

  @Test
  void keepsARefusalInSpiteOfAStop() {
    int exit =
        process.run(
            run -> {
              run.stop().request(Cause.SIGNAL);
              throw JobException.refused(SampleReason.UNSAFE, "It is unsafe.", "Make it safe.");
            });
    assertThat(exit).isEqualTo(3);
  }

  @Test
  void doesNotStartAJobThatIsStoppedBefore() {
    process.stop.request(Cause.SIGNAL);
    AtomicBoolean ran = new AtomicBoolean();
    int exit =
        process.run(
            _ -> {
              ran.set(true);
              return InProcess.fine();
            });
    assertThat(exit).isEqualTo(143);
    assertThat(ran).isFalse();
  }

  @Test
  void abandonsAJobThatDoesNotEndAndSaysWhereItIs() {
    AtomicBoolean release = new AtomicBoolean();
    int exit =
        process
            .limits(Duration.ofMillis(200), Duration.ofSeconds(5))
            .run(
                _ -> {
                  while (!release.get()) {
                    LockSupport.parkNanos(1_000_000);
                  }
                  return InProcess.fine();
                },
                "--deadline=PT0.1S");
    release.set(true);
    assertThat(exit).isEqualTo(1);
    assertThat(process.outcome("message")).contains("was abandoned");
    assertThat(process.err()).contains("StoppingTest");
  }

  @Test
  void reportsEvenWhenAnUndoHangs() {
    CountDownLatch never = new CountDownLatch(1);
    int exit =
        process
            .limits(Duration.ofMillis(200), Duration.ofSeconds(5))
            .run(
                run -> {
                  try (Undo _ =
                      run.stop()
                          .onStop(
                              "hang",
                              () -> {
                                while (never.getCount() > 0) {
                                  LockSupport.parkNanos(1_000_000);
                                }
                              })) {
                    return sleepForever();
                  }
                },
                "--deadline=PT0.1S");
    never.countDown();
    assertThat(exit).isEqualTo(1);
    assertThat(process.outcome("reason")).isEqualTo("deadline");
  }
}
