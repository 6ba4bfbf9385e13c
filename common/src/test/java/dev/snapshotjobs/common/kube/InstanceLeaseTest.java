package dev.snapshotjobs.common.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceLeaseTest {
  private static final Instant START = Instant.parse("2026-11-22T02:00:00Z");
  private static final Duration DURATION = Duration.ofSeconds(60);

  @SuppressWarnings("NullAway.Init") // JUnit sets them before each test
  private static Sandbox sandbox;

  @SuppressWarnings("NullAway.Init")
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    sandbox = Sandbox.start();
    sandbox.createNamespace("shop");
    cluster = Cluster.connect(Optional.of(sandbox.kubeconfig().toString()));
  }

  @AfterAll
  static void stop() {
    cluster.close();
    sandbox.close();
  }

  @Test
  void isHeldByOneRunAtATime() {
    InstanceLease lease = acquired("one", "run-a", START);

    assertThat(attempt("one", "run-b", START.plusSeconds(30)))
        .isEqualTo(new InstanceLease.Attempt.Busy("run-a", START.plus(DURATION)));
    lease.renew();
  }

  @Test
  void isFreeForTheNextOnceItIsGivenBack() {
    acquired("two", "run-a", START).close();

    acquired("two", "run-b", START).renew();
  }

  @Test
  void isTakenFromAHolderThatDiedButNotBeforeTheClocksCanHaveDiffered() {
    acquired("three", "run-a", START);

    assertThat(attempt("three", "run-b", START.plus(DURATION).plusSeconds(4)))
        .isInstanceOf(InstanceLease.Attempt.Busy.class);
    assertThat(attempt("three", "run-b", START.plus(DURATION).plusSeconds(6)))
        .isInstanceOf(InstanceLease.Attempt.Acquired.class);
  }

  @Test
  void holdsForItsFullTimeAgainOnceItIsRenewed() {
    MovingClock clock = new MovingClock(START);
    InstanceLease lease =
        switch (cluster
            .leases("shop")
            .tryAcquire("renewed", "run-a", new InstanceLease.Terms(DURATION, clock))) {
          case InstanceLease.Attempt.Acquired(InstanceLease acquired) -> acquired;
          case InstanceLease.Attempt.Busy busy -> throw new AssertionError(busy);
        };
    clock.now = START.plusSeconds(50);
    lease.renew();

    assertThat(attempt("renewed", "run-b", START.plusSeconds(100)))
        .isEqualTo(new InstanceLease.Attempt.Busy("run-a", START.plusSeconds(110)));
  }

  @Test
  void isGivenBackAlsoByARunThatWasInterrupted() {
    InstanceLease lease = acquired("six", "run-a", START);
    Thread.currentThread().interrupt();

    lease.close();

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    acquired("six", "run-b", START).renew();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT"})
  void isGivenBackAlsoByARunThatIsInterruptedMeanwhile(String verb) {
    InstanceLease lease = acquired("seven." + verb.toLowerCase(Locale.ROOT), "run-a", START);
    Thread run = Thread.currentThread();
    sandbox.faults().add(Hook.before(verb, "/leases/.*seven", run::interrupt));

    lease.close();

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    acquired("seven." + verb.toLowerCase(Locale.ROOT), "run-b", START).renew();
  }

  private static final class MovingClock implements InstantSource {
    private Instant now;

    MovingClock(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @Test
  void tellsAHolderThatSleptThatItHasLostIt() {
    InstanceLease slept = acquired("four", "run-a", START);
    InstanceLease other = acquired("four", "run-b", START.plusSeconds(3600));

    assertThatThrownBy(slept::renew)
        .isInstanceOf(InstanceLease.LeaseLostException.class)
        .hasMessageContaining("run-b");
    slept.close();
    other.renew();
  }

  @Test
  void tellsAHolderThatItWasDeleted() {
    InstanceLease lease = acquired("five", "run-a", START);
    sandbox.client().leases().inNamespace("shop").withName("mariadb-snapshot-jobs.five").delete();

    assertThatThrownBy(lease::renew).isInstanceOf(InstanceLease.LeaseLostException.class);
  }

  private static InstanceLease acquired(String instance, String holder, Instant now) {
    return switch (attempt(instance, holder, now)) {
      case InstanceLease.Attempt.Acquired(InstanceLease lease) -> lease;
      case InstanceLease.Attempt.Busy busy -> throw new AssertionError(busy);
    };
  }

  private static InstanceLease.Attempt attempt(String instance, String holder, Instant now) {
    return cluster
        .leases("shop")
        .tryAcquire(instance, holder, new InstanceLease.Terms(DURATION, InstantSource.fixed(now)));
  }
}
