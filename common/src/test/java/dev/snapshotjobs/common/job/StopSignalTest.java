package dev.snapshotjobs.common.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.job.StopSignal.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StopSignalTest {

  private final StopSignal stop = new StopSignal();
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  @Test
  void undoesTheLastFirstOnTheThreadThatAsksBeforeItInterrupts() throws InterruptedException {
    CountDownLatch waiting = new CountDownLatch(1);
    Thread job =
        Thread.ofPlatform()
            .start(
                () -> {
                  stop.attach(Thread.currentThread());
                  waiting.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    seen.add("interrupted");
                  }
                });
    waiting.await();
    // A job that was interrupted already would end within this time.
    stop.onStop("undo the first", () -> seen.add("first, job ended: " + endsSoon(job)));
    stop.onStop("undo the second", () -> seen.add("second on " + Thread.currentThread().getName()));

    stop.request(Cause.SIGNAL);
    job.join();

    assertThat(seen)
        .containsExactly(
            "second on " + Thread.currentThread().getName(),
            "first, job ended: false",
            "interrupted");
  }

  @Test
  void doesNotUndoWhatWasTakenBack() {
    try (Undo _ = stop.onStop("undo this", () -> seen.add("taken back"))) {
      seen.add("work");
    }
    stop.request(Cause.DEADLINE);
    assertThat(seen).containsExactly("work");
  }

  @Test
  void undoesAtOnceWhatIsRegisteredAfterTheRequest() {
    stop.request(Cause.SIGNAL);
    Undo late = stop.onStop("undo this", () -> seen.add("at once"));
    assertThat(seen).containsExactly("at once");
    late.close();
    assertThat(seen).hasSize(1);
  }

  @Test
  void goesOnWhenAnUndoFails() {
    stop.onStop("undo the first", () -> seen.add("first"));
    stop.onStop(
        "fail",
        () -> {
          throw new IllegalStateException("planned");
        });
    stop.request(Cause.SIGNAL);
    assertThat(seen).containsExactly("first");
  }

  @Test
  void countsOnlyTheFirstRequest() {
    stop.onStop("undo this", () -> seen.add("undone"));
    stop.request(Cause.DEADLINE);
    stop.request(Cause.SIGNAL);
    assertThat(stop.cause()).contains(Cause.DEADLINE);
    assertThat(seen).hasSize(1);
  }

  @Test
  void throwsOnlyWhenItWasAsked() {
    assertThatCode(stop::throwIfRequested).doesNotThrowAnyException();
    assertThat(stop.requested()).isFalse();
    stop.request(Cause.DEADLINE);
    assertThat(stop.requested()).isTrue();
    assertThatThrownBy(stop::throwIfRequested)
        .isInstanceOfSatisfying(
            StoppedException.class, e -> assertThat(e.why()).isEqualTo(Cause.DEADLINE));
  }

  @Test
  void interruptsAJobThatStartsAfterTheRequest() {
    stop.request(Cause.SIGNAL);
    stop.attach(Thread.currentThread());
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void closingWaitsForTheUndoThatIsRunning() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Undo undo =
        stop.onStop(
            "undo slowly",
            () -> {
              running.countDown();
              awaitQuietly(goOn);
              seen.add("undone");
            });
    Thread asking = Thread.ofPlatform().start(() -> stop.request(Cause.SIGNAL));
    running.await();
    Thread closing =
        Thread.ofPlatform()
            .start(
                () -> {
                  undo.close();
                  seen.add("closed");
                });
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    asking.join();
    closing.join();
    assertThat(seen).containsExactly("undone", "closed");
  }

  @Test
  void anUndoMayCloseItsOwnRegistration() {
    AtomicReference<Undo> own = new AtomicReference<>(() -> {});
    own.set(
        stop.onStop(
            "undo this",
            () -> {
              own.get().close();
              seen.add("undone");
            }));
    stop.request(Cause.SIGNAL);
    assertThat(seen).containsExactly("undone");
  }

  private static boolean endsSoon(Thread thread) {
    try {
      return thread.join(Duration.ofMillis(100));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
