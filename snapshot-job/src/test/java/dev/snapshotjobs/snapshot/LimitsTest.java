package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  /// Else the pod that comes after one that was killed would fail too, for nothing.
  @Test
  void waitsByDefaultUntilTheLeaseOfAKilledRunHasExpired() {
    SnapshotSettings.Limits limits = new SnapshotCommand().limits();

    assertThat(limits.leaseWait()).isGreaterThan(limits.underLease().plus(Duration.ofSeconds(5)));
  }
}
