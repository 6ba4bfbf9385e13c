package dev.snapshotjobs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class StallReportTest {

  @Test
  void hasATableForEachSituationWithAColumnForEachVariant() {
    StallReport report =
        new StallReport(
            Turn.all()
                .collect(
                    Collectors.toMap(
                        turn -> turn, turn -> List.of(trial(500, cost(turn, 6_000))))));

    assertThat(report.stalls())
        .isEqualTo(
            """
            | idle, ms: p50 / p99 / max | backup-stage, n=1 | flush-tables, n=1 | none, n=1 | no lock, n=1 | FTWRL, n=1 |
            | --- | ---: | ---: | ---: | ---: | ---: |
            %1$s
            | behind a long UPDATE, ms: p50 / p99 / max | backup-stage, n=1 | flush-tables, n=1 | none, n=1 | no lock, n=1 | FTWRL, n=1 |
            | --- | ---: | ---: | ---: | ---: | ---: |
            %1$s
            Percentiles by nearest rank; of 1 values the p99 is the maximum.
            """
                .formatted(
                    everywhere("longest stall", 500)
                        + everywhere("the same without the copy", 200)
                        + everywhere("longest stall without a snapshot", 10)
                        + underLock("waited for the lock", 6_000)
                        + underLock("lock held", 450)
                        + everywhere("creation to cut seen", 400)
                        + everywhere("of that the copy", 300)
                        + underLock("stall beyond the cut", 100)));
  }

  @Test
  void tellsOfTheProcessesOfTheJobAlone() {
    Turn job = new Turn(Situation.LONG_UPDATE, Variant.NONE);
    Turn bare = new Turn(Situation.IDLE, Variant.NO_LOCK);
    StallReport report =
        new StallReport(
            Map.of(
                job, List.of(trial(500, cost(job, 0)), trial(500, cost(job, 0))),
                bare, List.of(trial(500, cost(bare, 0)))));

    assertThat(report.jobs())
        .isEqualTo(
            """
            | the job's process: p50 / max | wall time, s | peak RSS, MiB |
            | --- | ---: | ---: |
            | none, behind a long UPDATE | 2.50 / 2.50 | 150 / 150 |
            """);
  }

  @Test
  void countsCommitsOfAllWindowsWithoutASnapshot() {
    Turn turn = new Turn(Situation.IDLE, Variant.NO_LOCK);
    StallReport report = new StallReport(Map.of(turn, List.of(trial(500, cost(turn, 0)))));

    assertThat(report.quietCommitsPerSecond()).isEqualTo(4_000);
  }

  private static Trial trial(long stallMillis, Cost cost) {
    return new Trial(
        new Trial.Stall(Duration.ofMillis(stallMillis), Duration.ofMillis(stallMillis - 300)),
        new Trial.Storage(Duration.ofMillis(400), Duration.ofMillis(300)),
        cost,
        new Trial.Quiet(Duration.ofSeconds(2), Duration.ofMillis(10), 8_000));
  }

  private static Cost cost(Turn turn, long waitedMillis) {
    Locking.Commits locked =
        new Locking.Commits(Duration.ofMillis(waitedMillis), Duration.ofMillis(450));
    return switch (turn.variant()) {
      case BACKUP_STAGE, FLUSH_TABLES -> job(locked);
      case NONE -> job(new Locking.Nothing());
      case NO_LOCK -> new Cost.Bare(new Locking.Nothing());
      case READ_LOCK -> new Cost.Bare(locked);
    };
  }

  private static Cost job(Locking locking) {
    return new Cost.Job(locking, Duration.ofMillis(2_500), 150 * 1024);
  }

  private static String everywhere(String name, long millis) {
    String cell = cell(millis);
    return row(name, cell, cell, cell, cell, cell);
  }

  private static String underLock(String name, long millis) {
    String cell = cell(millis);
    return row(name, cell, cell, "none", "none", cell);
  }

  private static String cell(long millis) {
    return "%1$d.0 / %1$d.0 / %1$d.0".formatted(millis);
  }

  private static String row(String name, String... cells) {
    return "| %s | %s |%n".formatted(name, String.join(" | ", cells));
  }
}
