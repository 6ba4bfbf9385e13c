package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Gtid;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Chooses history, base and logs for a target. Reads of the logs no more than it takes to find the
/// place; decides nothing by anything but what it is given.
record Planner(Histories histories, Bases bases, Planner.Reads reads) {

  /// How logs are read.
  interface Reads {
    ReadableLog of(ArchivedLog log);
  }

  /// What came of it.
  sealed interface Planned {
    record Ready(RecoveryPlan plan) implements Planned {}

    /// Nothing that is archived leads there.
    ///
    /// @param why a sentence without its full stop
    record Impossible(String why) implements Planned {}

    /// Several histories have it.
    record Ambiguous(List<TimelineId> timelines) implements Planned {}
  }

  Planned plan(Target target, Optional<TimelineId> timeline) throws IOException {
    List<Chain> chains =
        histories.chains().stream()
            .filter(chain -> timeline.stream().allMatch(chain.timeline()::equals))
            .filter(chain -> mayHave(chain, target))
            .toList();
    List<TimelineId> timelines = chains.stream().map(Chain::timeline).distinct().toList();
    return switch (target) {
      case Target.Latest _ -> inLast(chains, target);
      case Target.At(Instant instant) -> inLast(current(chains, timeline, instant), target);
      case Target.Through _, Target.Before _ ->
          timelines.size() > 1 ? new Planned.Ambiguous(timelines) : inLast(chains, target);
    };
  }

  private static boolean mayHave(Chain chain, Target target) {
    return switch (target) {
      case Target.Latest _, Target.At _ -> true;
      case Target.Through(Gtid gtid) -> isBetween(gtid, chain);
      case Target.Before(Gtid gtid) -> isBetween(gtid, chain);
    };
  }

  private static boolean isBetween(Gtid gtid, Chain chain) {
    return chain.endState().reaches(gtid) && !chain.start().reaches(gtid);
  }

  /// Of the history that was going on at the instant: the newest that had been opened by then. One
  /// may have been opened a moment after its first transaction was logged, so the oldest is always
  /// among them.
  private List<Chain> current(List<Chain> chains, Optional<TimelineId> timeline, Instant instant) {
    if (timeline.isPresent()) {
      return before(chains, instant);
    }
    Optional<TimelineId> newest =
        histories.all().stream()
            .filter(
                history ->
                    history
                        .document()
                        .map(Timeline::openedAt)
                        .filter(opened -> !opened.isAfter(instant))
                        .isPresent())
            .map(History::id)
            .reduce((_, later) -> later)
            .or(() -> histories.all().stream().findFirst().map(History::id));
    return before(
        chains.stream()
            .filter(chain -> newest.stream().allMatch(chain.timeline()::equals))
            .toList(),
        instant);
  }

  /// Those that had begun by then, by the times of their transactions.
  private static List<Chain> before(List<Chain> chains, Instant instant) {
    List<Chain> begun =
        chains.stream()
            .filter(
                chain ->
                    chain.logs().stream()
                        .flatMap(log -> log.content().times().stream())
                        .findFirst()
                        .filter(times -> !times.first().isAfter(instant))
                        .isPresent())
            .toList();
    return begun.isEmpty() ? chains : begun;
  }

  private Planned inLast(List<Chain> chains, Target target) throws IOException {
    if (chains.isEmpty()) {
      return new Planned.Impossible("no history of the archive has it");
    }
    return in(chains.getLast(), target);
  }

  private Planned in(Chain chain, Target target) throws IOException {
    List<Base> ofChain = bases.of(chain);
    if (ofChain.isEmpty()) {
      return new Planned.Impossible(
          "no snapshot of the catalogue is a base for timeline %s from %s on"
              .formatted(chain.timeline(), chain.logs().getFirst().log()));
    }
    List<Base> inTime = ofChain.stream().filter(base -> isInTime(base, target)).toList();
    if (inTime.isEmpty()) {
      return new Planned.Impossible(
          "the oldest snapshot from which timeline %s can be recovered is of %s"
              .formatted(chain.timeline(), ofChain.getFirst().entry().cutAt()));
    }
    int from = inTime.getFirst().log();
    List<ReadableLog> logs = new ArrayList<>();
    for (int log = from; log < chain.logs().size(); log++) {
      logs.add(marked(reads.of(chain.logs().get(log)), log, ofChain));
    }
    return switch (new CutFinder(logs).find(target)) {
      case Resolution.Unreachable(String why) ->
          new Planned.Impossible("%s; %s".formatted(why, chain.end().words()));
      case Resolution.Reached(Cut cut) -> withBase(chain, inTime, target, cut);
    };
  }

  private static boolean isInTime(Base base, Target target) {
    return !(target instanceof Target.At(Instant instant))
        || !base.entry().cutAt().isAfter(instant);
  }

  /// A log begins under the lock of one snapshot. Where two claim it, one is of another history,
  /// and nothing is concluded from either.
  private static ReadableLog marked(ReadableLog log, int number, List<Base> ofChain) {
    List<Base> here = ofChain.stream().filter(base -> base.log() == number).toList();
    return here.size() == 1 && here.getFirst().entry().cutSeenAt().isPresent()
        ? new BaseAsMark(log, here.getFirst())
        : log;
  }

  private static Planned withBase(Chain chain, List<Base> inTime, Target target, Cut cut) {
    List<ArchivedLog> logs = chain.logs();
    int end = logs.stream().map(ArchivedLog::log).toList().indexOf(cut.log());
    Base base =
        inTime.reversed().stream().filter(one -> one.log() <= end).findFirst().orElseThrow();
    // A cut before the first transaction behind a base is a cut at the base.
    return new Planned.Ready(
        new RecoveryPlan(
            target, base.entry(), chain.timeline(), logs.subList(base.log(), end + 1), cut));
  }
}
