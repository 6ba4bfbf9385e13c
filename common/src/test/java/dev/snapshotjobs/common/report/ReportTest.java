package dev.snapshotjobs.common.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  @TempDir Path directory = Path.of("");

  private final Report report = new Report();

  @Test
  void measuresAPhaseUntilItIsClosedAndAddsUpEqualNames() {
    Phase phase = report.phase("lock");
    phase.close();
    Duration first = report.phases().getOrDefault("lock", Duration.ZERO);
    assertThat(first).isPositive();
    phase.close();
    assertThat(report.phases()).containsEntry("lock", first);
    report.phase("lock", Duration.ofHours(1));
    assertThat(report.phases()).containsEntry("lock", first.plusHours(1));
  }

  @Test
  void keepsObjectsOnceAndThingsInTheirOrder() {
    ObjectRef object = new ObjectRef("VolumeSnapshot", "shop", "one", "");
    report.object(object);
    report.object(object);
    report.position("b", "1");
    report.position("a", "2");
    assertThat(report.objects()).containsExactly(object);
    report.gone(object);
    assertThat(report.objects()).isEmpty();
    assertThat(report.positions().keySet()).containsExactly("b", "a");
  }

  @Test
  void writesTheTerminationMessageOnlyWhereThereIsAFile() throws IOException {
    Outcome outcome =
        new Outcome(
            "job",
            "a",
            "id",
            0,
            "done",
            "done",
            "",
            "",
            Instant.EPOCH,
            Instant.EPOCH,
            Duration.ZERO,
            Map.of(),
            List.of(),
            Map.of(),
            List.of("x".repeat(5000)));
    Path file = directory.resolve("termination-log");
    new TerminationMessageSink(file).deliver(outcome);
    assertThat(file).doesNotExist();

    Files.writeString(file, "y".repeat(9000));
    new TerminationMessageSink(file).deliver(outcome);
    assertThat(file).content().isEqualTo(outcome.toJson(4096)).contains("\"warnings_dropped\":1");
  }
}
