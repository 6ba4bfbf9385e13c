package dev.snapshotjobs.common.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
    lease.confirm();
  }

  @Test
  void isFreeForTheNextOnceItIsGivenBack() {
    acquired("two", "run-a", START).close();

    acquired("two", "run-b", START).confirm();
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
  void tellsAHolderThatSleptThatItHasLostIt() {
    InstanceLease slept = acquired("four", "run-a", START);
    InstanceLease other = acquired("four", "run-b", START.plusSeconds(3600));

    assertThatThrownBy(slept::confirm)
        .isInstanceOf(InstanceLease.LeaseLostException.class)
        .hasMessageContaining("run-b");
    slept.close();
    other.confirm();
  }

  @Test
  void tellsAHolderThatItWasDeleted() {
    InstanceLease lease = acquired("five", "run-a", START);
    sandbox.client().leases().inNamespace("shop").withName("mariadb-snapshot-jobs.five").delete();

    assertThatThrownBy(lease::confirm).isInstanceOf(InstanceLease.LeaseLostException.class);
  }

  private static InstanceLease acquired(String instance, String holder, Instant now) {
    return switch (attempt(instance, holder, now)) {
      case InstanceLease.Attempt.Acquired(InstanceLease lease) -> lease;
      case InstanceLease.Attempt.Busy busy -> throw new AssertionError(busy);
    };
  }

  private static InstanceLease.Attempt attempt(String instance, String holder, Instant now) {
    return cluster.leases("shop").tryAcquire(instance, holder, DURATION, InstantSource.fixed(now));
  }
}
