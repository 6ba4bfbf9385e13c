package dev.snapshotjobs.common.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.config.Configuration;
import dev.snapshotjobs.common.config.Environment;
import dev.snapshotjobs.common.config.Problems;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class LockOptionsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  @Command
  static final class WithLock {
    @Mixin final LockOptions lock = new LockOptions();
  }

  private final WithLock command = new WithLock();

  private List<String> problems(Map<String, String> env) {
    return Configuration.read(command, new String[0], new Environment(env))
        .problems()
        .all()
        .stream()
        .map(Problems.Problem::toString)
        .toList();
  }

  @Test
  void locksNothingUnlessItIsTold() {
    assertThat(problems(Map.of())).isEmpty();
    assertThat(command.lock.term().applyTo(WriteOptions.JSON, NOW)).isEqualTo(WriteOptions.JSON);
  }

  /// As the help spells them.
  @ParameterizedTest
  @CsvSource({"governance, GOVERNANCE", "compliance, COMPLIANCE"})
  void locksFromTheTimeOfTheWriting(String text, ObjectLock.Mode mode) {
    assertThat(problems(Map.of("LOCK_DAYS", "30", "LOCK_MODE", text))).isEmpty();
    assertThat(command.lock.term().applyTo(WriteOptions.BINARY, NOW))
        .isEqualTo(
            WriteOptions.BINARY.lockedBy(new ObjectLock(mode, NOW.plus(Duration.ofDays(30)))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "36501"})
  void refusesDaysThatCannotBeMeant(String days) {
    assertThat(problems(Map.of("LOCK_DAYS", days)))
        .containsExactly("--lock-days (LOCK_DAYS): is " + days + "; allowed: 0 (no lock) to 36500");
  }
}
