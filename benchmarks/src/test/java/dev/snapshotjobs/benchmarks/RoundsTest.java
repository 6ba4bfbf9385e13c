package dev.snapshotjobs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final Done DONE =
      new Done(new Effort(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1), 0);

  @Test
  void givesEachMethodEachPlaceOnce() throws Exception {
    List<ArchiveMethod> order = new ArrayList<>();

    Map<ArchiveMethod, List<Done>> trials =
        new Rounds(3)
            .run(
                ArchiveMethod.class,
                method -> {
                  order.add(method);
                  return DONE;
                });

    for (ArchiveMethod method : ArchiveMethod.values()) {
      assertThat(trials.get(method)).hasSize(3);
      assertThat(List.of(order.get(0), order.get(3), order.get(6))).contains(method);
    }
  }

  @Test
  void readsTheCommandLine() {
    assertThat(Rounds.of(new String[] {})).isPresent();
    assertThat(Rounds.of(new String[] {"--rounds", "12"})).contains(new Rounds(12));
    assertThat(Rounds.of(new String[] {"--rounds", "0"})).isEmpty();
    assertThat(Rounds.of(new String[] {"--rounds"})).isEmpty();
  }
}
