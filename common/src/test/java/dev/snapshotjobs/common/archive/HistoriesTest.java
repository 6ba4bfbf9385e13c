package dev.snapshotjobs.common.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.RecoverableWindow.Reach;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.RunningGtidState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoriesTest {
  private static final Instant TIME = Samples.TIME;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 300);
  }

  private static LogName name(int number) {
    return new LogName("bin.%06d".formatted(number));
  }

  private static GtidState state(long sequence) {
    return GtidState.parse(sequence == 0 ? "" : "0-1-" + sequence);
  }

  private static LogSummary summary(GtidState start, GtidState end, long count, Instant time) {
    return new LogSummary(
        1000,
        Samples.sha(1),
        Samples.sha(2),
        "11.8.6-MariaDB-log",
        ChecksumAlgorithm.CRC32,
        false,
        start,
        end,
        count,
        1000,
        0,
        count == 0
            ? Optional.empty()
            : Optional.of(new LogSummary.Times(time, time.plusSeconds(5), time, time)),
        List.of(),
        0,
        new LogEnding.Open());
  }

  /// Archived so many minutes after [#TIME], as is its number.
  private static ArchivedLog sealed(int timeline, int log, LogSummary content) {
    return new ArchivedLog.Sealed(
        new Manifest(
            "shop-db",
            new TimelineId(timeline),
            name(log),
            content,
            1000,
            new StoredObject(100, Samples.sha(3)),
            1,
            TIME.plusSeconds(60L * log)));
  }

  private static ArchivedLog sealed(int timeline, int log, long from, long to) {
    return sealed(timeline, log, summary(state(from), state(to), to - from, TIME.plusSeconds(log)));
  }

  private static History history(int timeline, Optional<Timeline> document, ArchivedLog... logs) {
    return new History(new TimelineId(timeline), document, List.of(logs), List.of());
  }

  /// One that was opened so many minutes after [#TIME].
  private static Optional<Timeline> opened(
      int id,
      Optional<Timeline.Fork> parent,
      Timeline.Reason reason,
      Timeline.Continuity continuity,
      int minutes) {
    return Optional.of(
        new Timeline(
            "shop-db",
            new TimelineId(id),
            parent,
            1,
            name(1),
            Samples.sha(2),
            GtidState.EMPTY,
            reason,
            continuity,
            TIME.plusSeconds(60L * minutes)));
  }

  private static Optional<Timeline> first() {
    return opened(1, Optional.empty(), Timeline.Reason.FIRST, new Timeline.Continuity.Proven(), 0);
  }

  private static Optional<Timeline.Fork> from(int timeline, long state, int log) {
    return Optional.of(new Timeline.Fork(new TimelineId(timeline), state(state), name(log)));
  }

  /// Whatever is lost of a history: what is chained was logged one after the other, what is between
  /// two chains is exactly what was lost, and nothing that is there is left out.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void chainsWhatIsLeftAndSaysWhatIsNot(long seed) {
    Random random = new Random(seed);
    RunningGtidState server = new RunningGtidState(GtidState.EMPTY);
    long sequence = 0;
    List<ArchivedLog> all = new ArrayList<>();
    int logs = 1 + random.nextInt(12);
    for (int log = 1; log <= logs; log++) {
      GtidState start = server.now();
      int count = random.nextInt(4);
      for (int i = 0; i < count; i++) {
        server.advance(new Gtid(random.nextInt(3), 1 + random.nextInt(2), ++sequence));
      }
      all.add(sealed(1, log, summary(start, server.now(), count, TIME.plusSeconds(log))));
    }
    List<ArchivedLog> left = new ArrayList<>();
    List<Damage> damages = new ArrayList<>();
    for (ArchivedLog log : all) {
      switch (random.nextInt(5)) {
        case 0 -> {} // gone
        case 1 -> damages.add(new Damage("key", Optional.of(log.log()), "is torn", "mend it"));
        default -> left.add(log);
      }
    }
    History history = new History(TimelineId.FIRST, first(), left, damages);

    List<Chain> chains = new Histories(List.of(history)).chains();

    assertThat(chains.stream().flatMap(chain -> chain.logs().stream())).isEqualTo(left);
    for (int i = 0; i < chains.size(); i++) {
      Chain chain = chains.get(i);
      assertThat(IntStream.range(1, chain.logs().size()))
          .allSatisfy(
              at ->
                  assertThat(chain.logs().get(at).content().start())
                      .isEqualTo(chain.logs().get(at - 1).content().end()));
      int last = all.indexOf(chain.logs().getLast());
      Optional<Chain> following =
          i + 1 < chains.size() ? Optional.of(chains.get(i + 1)) : Optional.empty();
      int next = following.map(other -> all.indexOf(other.logs().getFirst())).orElse(all.size());
      boolean damaged =
          all.subList(last + 1, next).stream()
              .anyMatch(
                  lost ->
                      damages.stream().anyMatch(d -> d.hides().orElseThrow().equals(lost.log())));
      if (following.isPresent()) {
        assertThat(following.get().start()).as("else they were one").isNotEqualTo(chain.endState());
      }
      switch (chain.end()) {
        case ChainEnd.Damaged _ -> assertThat(damaged).isTrue();
        case ChainEnd.EndOfArchive() -> {
          assertThat(following).isEmpty();
          assertThat(damaged).isFalse();
        }
        case ChainEnd.Gap(LogName before, LogName after, GtidState from, GtidState to) -> {
          assertThat(damaged).isFalse();
          assertThat(before).isEqualTo(all.get(last).log());
          assertThat(after).isEqualTo(all.get(next).log());
          assertThat(from).isEqualTo(all.get(last + 1).content().start());
          assertThat(to).isEqualTo(all.get(next - 1).content().end());
        }
        case ChainEnd.Fork _, ChainEnd.Unproven _ -> throw new AssertionError(chain.end());
      }
      RecoverableWindow window = RecoverableWindow.of(chain, Optional.empty());
      assertThat(window.from().state()).isEqualTo(chain.start());
      assertThat(window.until().state()).isEqualTo(chain.endState());
      assertThat(window.until().reach() instanceof Reach.Unknown)
          .isEqualTo(chain.logs().stream().allMatch(log -> log.content().transactions() == 0));
    }
  }

  @Test
  void saysWhichLogsAreMissingAndWhatWasInThem() {
    History history = history(1, first(), sealed(1, 1, 0, 10), sealed(1, 4, 30, 40));

    List<Chain> chains = new Histories(List.of(history)).chains();

    assertThat(chains).hasSize(2);
    assertThat(chains.getFirst().end().kind()).isEqualTo("gap");
    assertThat(chains.getFirst().end().isLoss()).isTrue();
    assertThat(chains.getFirst().end().words())
        .isEqualTo(
            "bin.000001 is followed by bin.000004, 2 logs are missing: what was logged between GTID"
                + " 0-1-10 and GTID 0-1-30 is not in the archive");
  }

  @Test
  void goesOverALogThatIsMissingIfNothingWasLoggedInIt() {
    History history = history(1, first(), sealed(1, 1, 0, 10), sealed(1, 3, 10, 40));

    assertThat(new Histories(List.of(history)).chains()).hasSize(1);
  }

  @Test
  void goesOverADomainThatTheServerWasToldToForget() {
    GtidState both = GtidState.parse("0-1-10,7-1-3");
    History history =
        history(
            1,
            first(),
            sealed(1, 1, summary(GtidState.EMPTY, both, 13, TIME)),
            sealed(1, 2, 10, 12));

    assertThat(new Histories(List.of(history)).chains()).hasSize(1);
  }

  @Test
  void endsWhereTheServerWentOnInAnotherTimeline() {
    History parent = history(1, first(), sealed(1, 1, 0, 10), sealed(1, 2, 10, 20));
    History child =
        history(
            2,
            opened(
                2,
                from(1, 10, 1),
                Timeline.Reason.RESTORED_OR_RESET,
                new Timeline.Continuity.Proven(),
                3),
            sealed(2, 4, 10, 15));

    List<Chain> chains = new Histories(List.of(child, parent)).chains();

    assertThat(chains)
        .extracting(Chain::end)
        .containsExactly(
            new ChainEnd.Fork(new TimelineId(2), Timeline.Reason.RESTORED_OR_RESET, state(10)),
            new ChainEnd.EndOfArchive());
    assertThat(chains.getFirst().end().isLoss()).isFalse();
  }

  @Test
  void endsAtTheGapThatTheNextTimelineTellsOf() {
    Timeline.Continuity missing = new Timeline.Continuity.Unproven(state(10), state(30));
    History parent = history(1, first(), sealed(1, 1, 0, 10));
    History child =
        history(
            2, opened(2, from(1, 10, 1), Timeline.Reason.GAP, missing, 3), sealed(2, 4, 30, 35));

    ChainEnd end = new Histories(List.of(parent, child)).chains().getFirst().end();

    assertThat(end)
        .isEqualTo(
            new ChainEnd.Unproven(new TimelineId(2), Timeline.Reason.GAP, state(10), state(30)));
    assertThat(end.kind()).isEqualTo("gap");
    assertThat(end.words()).contains("timeline 0002", "between GTID 0-1-10 and GTID 0-1-30");
  }

  /// A restore was taken back, and the server goes on where it was before.
  @Test
  void isNotEndedByATimelineThatItHasOutlived() {
    History parent = history(1, first(), sealed(1, 1, 0, 10), sealed(1, 9, 10, 20));
    History child =
        history(
            2,
            opened(
                2,
                from(1, 10, 1),
                Timeline.Reason.RESTORED_OR_RESET,
                new Timeline.Continuity.Proven(),
                3),
            sealed(2, 2, 10, 15));

    assertThat(new Histories(List.of(parent, child)).chains())
        .extracting(Chain::end)
        .containsOnly(new ChainEnd.EndOfArchive());
  }

  @Test
  void saysUpToWhenAWindowReachesAndHowThatIsKnown() {
    Chain chain =
        new Chain(
            TimelineId.FIRST,
            List.of(sealed(1, 1, 0, 10), sealed(1, 2, 10, 20), sealed(1, 3, 20, 20)),
            new ChainEnd.EndOfArchive());
    Mark mark = new Mark(TIME.plusSeconds(500), 900, state(20).position(), true);

    RecoverableWindow proven = RecoverableWindow.of(chain, Optional.of(mark));
    RecoverableWindow bare = RecoverableWindow.of(chain, Optional.empty());

    assertThat(proven.from())
        .isEqualTo(
            new RecoverableWindow.From(name(1), GtidState.EMPTY, Optional.of(TIME.plusSeconds(1))));
    assertThat(proven.until())
        .isEqualTo(
            new RecoverableWindow.Until(
                name(3), state(20), new Reach.Proven(TIME.plusSeconds(500))));
    assertThat(bare.until().reach()).isEqualTo(new Reach.AtLeast(TIME.plusSeconds(7)));
  }
}
