package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class WatchdogTest {

  @Test
  void nothingIsLeftOfASandboxWhoseJvmWasKilled() throws InterruptedException {
    try (Sandbox outer = Sandbox.start()) {
      JobProcess inner = outer.startJob(JobProcess.Spec.of(DyingSandbox.class.getName()));
      await(() -> inner.stdout().contains("\n"));
      List<String> words = List.of(inner.stdout().strip().split(" ", 2));
      ProcessHandle server = ProcessHandle.of(Long.parseLong(words.getFirst())).orElseThrow();

      inner.kill();

      await(() -> !server.isAlive() && !Files.exists(Path.of(words.getLast())));
      assertThat(server.isAlive()).isFalse();
      assertThat(Path.of(words.getLast())).doesNotExist();
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!condition.getAsBoolean() && Instant.now().isBefore(deadline)) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
