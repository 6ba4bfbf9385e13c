package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;

/// Why a [Chain] goes no further.
public sealed interface ChainEnd {
  /// Nothing is archived behind it: the server may be writing there.
  record EndOfArchive() implements ChainEnd {}

  /// The next log of the same timeline does not begin where this ends, and nothing says why.
  ///
  /// @param last the last log before it
  /// @param next the first log behind it
  /// @param from the end of what is archived
  /// @param to the beginning of what is archived again
  record Gap(LogName last, LogName next, GtidState from, GtidState to) implements ChainEnd {}

  /// What comes next cannot be read.
  record Damaged(Damage damage) implements ChainEnd {}

  /// The server went on in another timeline, and nothing is missing between.
  ///
  /// @param at the state in which that one leaves this
  record Fork(TimelineId next, Timeline.Reason reason, GtidState at) implements ChainEnd {}

  /// Another timeline begins, whose document says what is missing between.
  ///
  /// @param from the end of what was archived before
  /// @param to the beginning of what is archived again
  record Unproven(TimelineId next, Timeline.Reason reason, GtidState from, GtidState to)
      implements ChainEnd {}

  /// One word for machines.
  default String kind() {
    return switch (this) {
      case EndOfArchive() -> "end-of-archive";
      case Gap _, Unproven _ -> "gap";
      case Damaged _ -> "damage";
      case Fork _ -> "fork";
    };
  }

  /// Whether nothing in the archive explains it: something was lost after it was archived.
  default boolean isLoss() {
    return switch (this) {
      case EndOfArchive(), Fork _, Unproven _ -> false;
      case Gap _, Damaged _ -> true;
    };
  }

  /// A sentence without its full stop.
  default String words() {
    return switch (this) {
      case EndOfArchive() -> "the archive ends here";
      case Gap(LogName last, LogName next, GtidState from, GtidState to) ->
          "%s is followed by %s%s: what was logged between %s and %s is not in the archive"
              .formatted(last, next, missing(last, next), shown(from), shown(to));
      case Damaged(Damage damage) -> damage.toString();
      case Fork(TimelineId next, Timeline.Reason reason, GtidState at) ->
          "the server goes on in timeline %s (%s) from %s".formatted(next, reason, shown(at));
      case Unproven(TimelineId next, Timeline.Reason reason, GtidState from, GtidState to) ->
          "timeline %s was opened (%s): what was logged between %s and %s is not in the archive"
              .formatted(next, reason, shown(from), shown(to));
    };
  }

  private static String missing(LogName last, LogName next) {
    long logs = next.number() - last.number() - 1;
    return logs > 0 ? ", %d %s missing".formatted(logs, logs == 1 ? "log is" : "logs are") : "";
  }

  /// A state for people: of each domain the last GTID.
  static String shown(GtidState state) {
    return state.isEmpty() ? "the very beginning" : "GTID " + state.position();
  }
}
