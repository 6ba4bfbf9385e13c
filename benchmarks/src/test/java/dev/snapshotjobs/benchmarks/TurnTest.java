package dev.snapshotjobs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TurnTest {
  private static final int TURNS = Situation.values().length * Variant.values().length;

  @Test
  void eachRoundHasEachVariantInEachSituationOnce() {
    assertThat(Turn.ofRound(7))
        .hasSize(TURNS)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(Turn.all().toList());
  }

  @Test
  void eachTurnHasEachPlaceOnceInAsManyRounds() {
    List<List<Turn>> rounds = IntStream.range(0, TURNS).mapToObj(Turn::ofRound).toList();
    for (int place = 0; place < TURNS; place++) {
      int here = place;
      assertThat(rounds.stream().map(round -> round.get(here))).doesNotHaveDuplicates();
    }
  }

  @Test
  void theRoundsOfTheWarmUpHaveTheirOrderToo() {
    assertThat(Turn.ofRound(-1)).isEqualTo(Turn.ofRound(TURNS - 1));
  }
}
