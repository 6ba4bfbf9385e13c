package dev.snapshotjobs.common.archive;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the archive has of an instance: all of its timelines, the oldest first.
public record Histories(List<History> all) {
  public Histories {
    all = all.stream().sorted(Comparator.comparing(History::id)).toList();
  }

  /// Everything that belongs together, in the order in which the timelines were opened.
  public List<Chain> chains() {
    return all.stream().flatMap(history -> history.chains(behind(history)).stream()).toList();
  }

  /// Everything that is wrong, of all timelines.
  public List<Damage> damages() {
    return all.stream().flatMap(history -> history.damages().stream()).toList();
  }

  /// The same without a log that turned out not to be what its documents say.
  public Histories without(ArchivedLog log, Damage damage) {
    return new Histories(
        all.stream()
            .map(history -> history.logs().contains(log) ? history.without(log, damage) : history)
            .toList());
  }

  /// Why a timeline ends. The next one that comes from it ends it, or else the next one that comes
  /// from nowhere; but not one that was opened before the last of it was archived: a restore may be
  /// taken back, and then the older timeline goes on.
  private ChainEnd behind(History history) {
    Optional<Instant> last = history.archivedAt();
    List<Timeline> later =
        all.stream()
            .filter(other -> other.id().compareTo(history.id()) > 0)
            .flatMap(other -> other.document().stream())
            .filter(other -> last.stream().noneMatch(other.openedAt()::isBefore))
            .toList();
    return Stream.concat(
            later.stream().filter(other -> comesFrom(other, history.id())),
            later.stream().filter(other -> other.parent().isEmpty()))
        .findFirst()
        .map(Histories::end)
        .orElseGet(ChainEnd.EndOfArchive::new);
  }

  private static boolean comesFrom(Timeline timeline, TimelineId parent) {
    return timeline.parent().map(Timeline.Fork::timeline).equals(Optional.of(parent));
  }

  private static ChainEnd end(Timeline next) {
    return switch (next.continuity()) {
      case Timeline.Continuity.Proven() ->
          new ChainEnd.Fork(
              next.id(),
              next.reason(),
              next.parent().map(Timeline.Fork::state).orElse(next.start()));
      case Timeline.Continuity.Unproven(var from, var to) ->
          new ChainEnd.Unproven(next.id(), next.reason(), from, to);
    };
  }
}
