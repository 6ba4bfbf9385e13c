package dev.snapshotjobs.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/// What one trial is of.
record Turn(Situation situation, Variant variant) {

  /// All turns in the order of this round: in as many rounds as there are turns, each one has each
  /// place once.
  static List<Turn> ofRound(int round) {
    List<Turn> turns = new ArrayList<>(all().toList());
    Collections.rotate(turns, round);
    return List.copyOf(turns);
  }

  static Stream<Turn> all() {
    return Arrays.stream(Situation.values()).flatMap(Turn::allIn);
  }

  static Stream<Turn> allIn(Situation situation) {
    return Arrays.stream(Variant.values()).map(variant -> new Turn(situation, variant));
  }

  @Override
  public String toString() {
    return variant.label() + ", " + situation.label();
  }
}
