package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.Succession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the archive has of one timeline, as its documents say.
///
/// @param document empty if it cannot be read; then a damage says so
/// @param logs in the order in which they were written
public record History(
    TimelineId id, Optional<Timeline> document, List<ArchivedLog> logs, List<Damage> damages) {
  public History {
    logs = logs.stream().sorted(Comparator.comparing(ArchivedLog::log)).toList();
    damages = List.copyOf(damages);
    if (logs.stream().map(ArchivedLog::log).distinct().count() < logs.size()) {
      throw new IllegalArgumentException("a log is archived once in a timeline: " + logs);
    }
  }

  History without(ArchivedLog log, Damage damage) {
    List<Damage> more = new ArrayList<>(damages);
    more.add(damage);
    return new History(
        id, document, logs.stream().filter(other -> !other.equals(log)).toList(), more);
  }

  /// When the last of it was archived, if anything was.
  public Optional<Instant> archivedAt() {
    return logs.stream().map(ArchivedLog::archivedAt).max(Comparator.naturalOrder());
  }

  /// What belongs together, in order.
  ///
  /// @param behind why nothing of this timeline follows its last log
  public List<Chain> chains(ChainEnd behind) {
    List<Chain> chains = new ArrayList<>();
    List<ArchivedLog> linked = new ArrayList<>();
    for (ArchivedLog next : logs) {
      Optional<ChainEnd> end =
          linked.isEmpty() ? Optional.empty() : between(linked.getLast(), next);
      if (end.isPresent()) {
        chains.add(new Chain(id, linked, end.get()));
        linked.clear();
      }
      linked.add(next);
    }
    if (!linked.isEmpty()) {
      chains.add(new Chain(id, linked, damage(linked.getLast(), Optional.empty()).orElse(behind)));
    }
    return chains;
  }

  private Optional<ChainEnd> between(ArchivedLog last, ArchivedLog next) {
    return switch (Succession.between(last.content().end(), next.content().start())) {
      case Succession.Unbroken _, Succession.DomainsRemoved _ -> Optional.empty();
      case Succession.Gap _, Succession.Unrelated _ ->
          damage(last, Optional.of(next))
              .or(
                  () ->
                      Optional.of(
                          new ChainEnd.Gap(
                              last.log(),
                              next.log(),
                              last.content().end(),
                              next.content().start())));
    };
  }

  /// What hides the log that comes after the last one, or the rest of that.
  private Optional<ChainEnd> damage(ArchivedLog last, Optional<ArchivedLog> next) {
    return damages.stream()
        .filter(
            damage ->
                damage.hides().stream()
                    .anyMatch(
                        hidden ->
                            isBehind(hidden, last)
                                && next.stream().allMatch(log -> hidden.compareTo(log.log()) < 0)))
        .min(Comparator.comparing(damage -> damage.hides().orElseThrow()))
        .map(ChainEnd.Damaged::new);
  }

  private static boolean isBehind(LogName hidden, ArchivedLog last) {
    return switch (last) {
      case ArchivedLog.Sealed sealed -> hidden.compareTo(sealed.log()) > 0;
      case ArchivedLog.Open open -> hidden.compareTo(open.log()) >= 0;
    };
  }
}
