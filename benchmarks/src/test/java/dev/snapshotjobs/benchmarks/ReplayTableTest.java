package dev.snapshotjobs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayTableTest {
  private static Replayed trial(int seconds, Map<String, Duration> phases) {
    Effort effort = new Effort(Duration.ofSeconds(seconds), Duration.ofSeconds(1), 1, 1);
    return new Replayed(new Done(effort, 0), Duration.ofSeconds(seconds / 2), phases);
  }

  private static Map<String, Duration> phases(int replay) {
    Map<String, Duration> phases = new LinkedHashMap<>();
    phases.put("replay", Duration.ofSeconds(replay));
    phases.put("end", Duration.ofMillis(250));
    return phases;
  }

  private final ReplayTable table =
      new ReplayTable(
          1_000_000_000,
          80_000,
          Map.of(
              ReplayMethod.JOB,
              List.of(trial(40, phases(30)), trial(50, phases(45))),
              ReplayMethod.PIPE,
              List.of(trial(100, Map.of()), trial(400, Map.of()))));

  @Test
  void comparesRoundByRound() {
    assertThat(table.ratios().lines().skip(2))
        .containsExactly(
            "| 1 | 2.5 | 2,000 | 800 | 20.0 | 50.0 |", "| 2 | 8.0 | 1,600 | 200 | 25.0 | 200.0 |");
  }

  @Test
  void tellsThePhasesInTheirOrder() {
    assertThat(table.phases().lines().skip(2))
        .containsExactly("| replay | 30.00 / 45.00 |", "| end | 0.25 / 0.25 |");
  }
}
