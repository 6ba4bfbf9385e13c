package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// From where to where a recovery may go over one unbroken [Chain].
///
/// @param end why it goes no further
public record RecoverableWindow(TimelineId timeline, From from, Until until, ChainEnd end) {

  /// Where it begins: a base has to be there, or later.
  ///
  /// @param time when the first transaction of it began; empty if it has none
  public record From(LogName log, GtidState state, Optional<Instant> time) {}

  /// Where it ends.
  public record Until(LogName log, GtidState state, Reach reach) {}

  /// How late the end is.
  public sealed interface Reach {
    /// All that the server had logged at that instant is in it.
    record Proven(Instant caughtUp) implements Reach {}

    /// No mark says more than its last transaction: that began then, by the clock of who sent it.
    record AtLeast(Instant lastTransaction) implements Reach {}

    /// It has no transaction and no mark.
    record Unknown() implements Reach {}
  }

  /// Of one chain.
  ///
  /// @param caughtUp the last mark of the chain that had caught up with the server
  public static RecoverableWindow of(Chain chain, Optional<Mark> caughtUp) {
    List<ArchivedLog> logs = chain.logs();
    Optional<Instant> first = times(logs).map(LogSummary.Times::first);
    Reach reach =
        caughtUp
            .<Reach>map(mark -> new Reach.Proven(mark.at()))
            .or(() -> times(logs.reversed()).map(times -> new Reach.AtLeast(times.last())))
            .orElseGet(Reach.Unknown::new);
    return new RecoverableWindow(
        chain.timeline(),
        new From(logs.getFirst().log(), chain.start(), first),
        new Until(logs.getLast().log(), chain.endState(), reach),
        chain.end());
  }

  /// Of the first log that has any.
  private static Optional<LogSummary.Times> times(List<ArchivedLog> logs) {
    return logs.stream().flatMap(log -> log.content().times().stream()).findFirst();
  }
}
