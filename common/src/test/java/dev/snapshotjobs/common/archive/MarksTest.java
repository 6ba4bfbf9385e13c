package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.GtidPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MarksTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  @Test
  void includeByAnyMarkAndExcludeOnlyByOneThatHadCaughtUp() {
    Marks marks =
        new Marks(
            List.of(
                mark(10, 100, true),
                mark(20, 200, false),
                mark(30, 300, false),
                mark(40, 400, true)));

    assertThat(marks.around(at(5))).isEqualTo(bounds(null, mark(10, 100, true)));
    assertThat(marks.around(at(25))).isEqualTo(bounds(mark(20, 200, false), mark(40, 400, true)));
    assertThat(marks.around(at(40))).isEqualTo(bounds(mark(40, 400, true), mark(40, 400, true)));
    assertThat(marks.around(at(41))).isEqualTo(bounds(mark(40, 400, true), null));
    assertThat(Marks.NONE.around(at(1))).isEqualTo(bounds(null, null));
  }

  @Test
  void sayOnlyWhatIsCertainWhenTheClockWasSetBack() {
    Marks marks =
        new Marks(
            List.of(
                mark(10, 100, true),
                mark(20, 200, true),
                mark(15, 300, true),
                mark(25, 400, true)));

    assertThat(marks.around(at(17))).isEqualTo(bounds(mark(10, 100, true), mark(25, 400, true)));
  }

  @Test
  void doNotGoBack() {
    assertThatThrownBy(() -> new Marks(List.of(mark(1, 2, true), mark(2, 1, true))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void areFewOnAServerThatDoesNothing() {
    MarkKeeper keeper = MarkKeeper.ofChunk();
    IntStream.range(0, 10_000).forEach(i -> keeper.add(mark(i, 100, i % 2 == 0)));

    assertThat(keeper.marks().all()).hasSizeLessThan(5).startsWith(mark(0, 100, true));
    assertThat(keeper.marks().all()).contains(mark(9_998, 100, true));
  }

  /// The archiver's life as it was: what a mark says is compared to when each byte was logged.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void neverClaimWhatIsNotTrueHoweverFewAreKept(long seed) {
    Random random = new Random(seed);
    MarkKeeper keeper = random.nextBoolean() ? MarkKeeper.ofChunk() : MarkKeeper.ofLog();
    List<Integer> loggedAt = new ArrayList<>();
    int read = 0;
    int seconds = random.nextInt(1, 2000);
    for (int now = 0; now < seconds; now++) {
      for (int i = random.nextInt(3); i > 0; i--) {
        loggedAt.add(now);
      }
      read = random.nextInt(3) == 0 ? random.nextInt(read, loggedAt.size() + 1) : loggedAt.size();
      boolean caughtUp = read == loggedAt.size() && random.nextBoolean();
      keeper.add(mark(now, read, caughtUp));
    }
    Marks marks = keeper.marks();
    for (int target = -1; target <= seconds; target += 1 + seconds / 50) {
      int until = target;
      Marks.Bounds bounds = marks.around(at(until));
      bounds
          .included()
          .ifPresent(
              mark ->
                  assertThat(loggedAt.subList(0, (int) mark.offset()))
                      .allMatch(logged -> logged <= until));
      bounds
          .excluded()
          .ifPresent(
              mark ->
                  assertThat(loggedAt.subList((int) mark.offset(), loggedAt.size()))
                      .allMatch(logged -> logged > until));
    }
  }

  private static Marks.Bounds bounds(@Nullable Mark included, @Nullable Mark excluded) {
    return new Marks.Bounds(Optional.ofNullable(included), Optional.ofNullable(excluded));
  }

  private static Instant at(int second) {
    return Samples.TIME.plusSeconds(second);
  }

  private static Mark mark(int second, long offset, boolean caughtUp) {
    return new Mark(at(second), offset, GtidPosition.EMPTY, caughtUp);
  }
}
