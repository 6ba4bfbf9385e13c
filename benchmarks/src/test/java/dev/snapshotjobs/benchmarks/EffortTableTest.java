package dev.snapshotjobs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EffortTableTest {

  private static Done done(int wallSeconds, int cpuSeconds) {
    return new Done(
        new Effort(
            Duration.ofSeconds(wallSeconds), Duration.ofSeconds(cpuSeconds), 204_800, 102_400),
        500_000_000);
  }

  @Test
  void tellsTheMedianAndTheWorstOfEachMeasure() {
    EffortTable table =
        new EffortTable(
            500_000_000, Map.of(ArchiveMethod.RAW, List.of(done(20, 6), done(5, 3), done(10, 4))));

    assertThat(table)
        .hasToString(
            """
            | p50 / worst | mariadb-binlog --raw, upload, n=3 |
            | --- | ---: |
            | wall time, s | 10.0 / 20.0 |
            | MB/s of plain logs | 50 / 25 |
            | CPU seconds per GB | 8.0 / 12.0 |
            | peak RSS, MiB | 200 / 200 |
            | of that anonymous, MiB | 100 / 100 |
            | room on a disk meanwhile, MB | 500 / 500 |
            """);
  }

  @Test
  void countsWhatEndedProcessesTook() throws Exception {
    Effort effort =
        new ChildProcess(
                List.of("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"), Map.of())
            .run();

    assertThat(effort.cpuTime()).isPositive().isLessThan(effort.wallTime().multipliedBy(2));
    assertThat(effort.peakRssKib()).isGreaterThanOrEqualTo(effort.peakAnonymousKib()).isPositive();
  }
}
