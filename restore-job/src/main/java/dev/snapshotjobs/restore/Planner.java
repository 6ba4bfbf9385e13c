package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.LogSummary;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Chooses history, base and logs for a target. Reads of the logs no more than it takes to find the
/// place; decides nothing by anything but what it is given.
record Planner(Histories histories, Bases bases, Planner.Reads reads) {
  /// So far the clocks of a database and of a job may be apart.
  private static final Duration CLOCKS = Duration.ofMinutes(1);

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
    record Impossible(String why, Nearest nearest) implements Planned {}

    /// Several histories have it.
    record Ambiguous(List<TimelineId> timelines) implements Planned {}
  }

  Planned plan(Target target, Optional<TimelineId> timeline) throws IOException {
    List<Chain> chains =
        histories.chains().stream()
            .filter(chain -> timeline.stream().allMatch(chain.timeline()::equals))
            .toList();
    List<Chain> having = chains.stream().filter(chain -> mayHave(chain, target)).toList();
    List<TimelineId> timelines = having.stream().map(Chain::timeline).distinct().toList();
    Planned planned =
        switch (target) {
          case Target.Latest _ -> inLast(latest(having), target);
          case Target.At(Instant instant) -> at(instant, having, timeline);
          case Target.Through _, Target.Before _ ->
              timelines.size() > 1 ? new Planned.Ambiguous(timelines) : inLast(having, target);
        };
    return planned instanceof Planned.Impossible(String why, Nearest nearest)
            && nearest.equals(Nearest.NONE)
        ? new Planned.Impossible(why, new NearestFinder(bases, reads).around(target, chains))
        : planned;
  }

  private static boolean mayHave(Chain chain, Target target) {
    return switch (target) {
      case Target.Latest _, Target.At _ -> true;
      // A history that begins with a base has that base's own position, too.
      case Target.Through(Gtid gtid) ->
          isBetween(gtid, chain) || chain.start().position().equals(GtidPosition.of(List.of(gtid)));
      case Target.Before(Gtid gtid) -> isBetween(gtid, chain);
    };
  }

  /// By its logs: at its end a server may have been told to forget the domain.
  private static boolean isBetween(Gtid gtid, Chain chain) {
    return chain.logs().stream()
        .map(ArchivedLog::content)
        .anyMatch(log -> log.end().reaches(gtid) && !log.start().reaches(gtid));
  }

  /// Of the history that was archived last: an older one goes on where a restore was taken back.
  private List<Chain> latest(List<Chain> chains) {
    Optional<TimelineId> live =
        histories.all().stream()
            .filter(history -> chains.stream().anyMatch(isOf(history)))
            .max(Comparator.comparing(Planner::lastSeen).thenComparing(History::id))
            .map(History::id);
    return chains.stream()
        .filter(chain -> live.stream().allMatch(chain.timeline()::equals))
        .toList();
  }

  private static Predicate<Chain> isOf(History history) {
    return chain -> chain.timeline().equals(history.id());
  }

  private Planned at(Instant instant, List<Chain> chains, Optional<TimelineId> timeline)
      throws IOException {
    if (timeline.isPresent()) {
      return inLast(before(chains, instant), new Target.At(instant));
    }
    List<TimelineId> current = current(instant);
    if (current.size() > 1) {
      return new Planned.Ambiguous(current);
    }
    return inLast(
        before(
            chains.stream().filter(chain -> current.contains(chain.timeline())).toList(), instant),
        new Target.At(instant));
  }

  /// The histories that may have been going on at the instant. Of those that had been opened by
  /// then it is the newest, unless an older one was still being archived, or was again: a restore
  /// may have been taken back. One may have been opened a moment after its first transaction was
  /// logged, so the oldest is always among them. Where it is not known when a history was opened,
  /// each of them may be it.
  private List<TimelineId> current(Instant instant) {
    if (histories.all().size() > 1
        && histories.all().stream().anyMatch(history -> history.document().isEmpty())) {
      return histories.all().stream().map(History::id).toList();
    }
    List<History> opened =
        histories.all().stream()
            .filter(
                history ->
                    history
                        .document()
                        .map(Timeline::openedAt)
                        .filter(at -> !at.isAfter(instant))
                        .isPresent())
            .toList();
    if (opened.isEmpty()) {
      return histories.all().stream().limit(1).map(History::id).toList();
    }
    List<TimelineId> going =
        opened.stream()
            .filter(history -> lastSeen(history).isAfter(instant))
            .map(History::id)
            .toList();
    return going.isEmpty()
        ? opened.stream()
            .max(Comparator.comparing(Planner::lastSeen).thenComparing(History::id))
            .map(History::id)
            .stream()
            .toList()
        : going;
  }

  private static Instant lastSeen(History history) {
    return history
        .archivedAt()
        .or(() -> history.document().map(Timeline::openedAt))
        .orElse(Instant.MIN);
  }

  /// Those that had begun by then, by the times of their transactions and snapshots.
  private List<Chain> before(List<Chain> chains, Instant instant) {
    List<Chain> begun = chains.stream().filter(chain -> hasBegun(chain, instant)).toList();
    return begun.isEmpty() ? chains : begun;
  }

  private boolean hasBegun(Chain chain, Instant instant) {
    Stream<Instant> transactions =
        chain.logs().stream()
            .flatMap(log -> log.content().times().stream())
            .limit(1)
            .map(LogSummary.Times::first);
    Stream<Instant> snapshots = bases.of(chain).stream().map(base -> base.entry().cutAt());
    return Stream.concat(transactions, snapshots).anyMatch(begun -> !begun.isAfter(instant));
  }

  private Planned inLast(List<Chain> chains, Target target) throws IOException {
    if (chains.isEmpty()) {
      return impossible("no history of the archive has it");
    }
    return in(chains.getLast(), target);
  }

  private Planned in(Chain chain, Target target) throws IOException {
    List<Base> ofChain = bases.of(chain);
    if (ofChain.isEmpty()) {
      return impossible(
          "no snapshot of the catalogue is a base for timeline %s from %s on"
              .formatted(chain.timeline(), chain.logs().getFirst().log()));
    }
    List<Base> inTime = ofChain.stream().filter(base -> isInTime(base, target)).toList();
    if (inTime.isEmpty()) {
      return impossible(
          "the oldest snapshot from which timeline %s can be recovered is of %s"
              .formatted(chain.timeline(), ofChain.getFirst().entry().cutAt()));
    }
    Map<Integer, Base> marks = marks(chain, ofChain);
    // What lies before the last cut before the instant was logged by then, and needs no looking at.
    int from =
        inTime.stream()
            .filter(base -> target instanceof Target.At && base.equals(marks.get(base.log())))
            .reduce((_, last) -> last)
            .orElse(inTime.getFirst())
            .log();
    List<ReadableLog> logs = new ArrayList<>();
    for (int log = from; log < chain.logs().size(); log++) {
      ReadableLog read = reads.of(chain.logs().get(log));
      Base mark = marks.get(log);
      logs.add(mark == null ? read : new BaseAsMark(read, mark));
    }
    CutFinder finder = new CutFinder(logs);
    return switch (finder.find(target)) {
      case Resolution.Reached(Cut cut) -> withBase(chain, inTime, target, cut);
      case Resolution.Unreachable(String why, Optional<SeenTransaction> above) ->
          new Planned.Impossible(
              "%s; %s".formatted(why, chain.end().words()),
              above.isPresent() ? sidesOf(above.get(), chain, finder) : Nearest.NONE);
    };
  }

  /// Around a transaction that is missing there is one place only, and the next on the far side of
  /// the one that comes after it.
  private static Nearest sidesOf(SeenTransaction above, Chain chain, CutFinder finder)
      throws IOException {
    Gtid gtid = above.transaction().gtid();
    return new Nearest(
        spot(new Target.Before(gtid), "right before " + gtid, chain, finder),
        spot(new Target.Through(gtid), "right behind " + gtid, chain, finder));
  }

  private static Optional<Nearest.Spot> spot(
      Target target, String what, Chain chain, CutFinder finder) throws IOException {
    return switch (finder.find(target)) {
      case Resolution.Reached(Cut cut) ->
          Optional.of(
              new Nearest.Spot(
                  Optional.of(target),
                  chain.timeline(),
                  cut.state(),
                  what,
                  "the log has no transaction between"));
      case Resolution.Unreachable _ -> Optional.empty();
    };
  }

  private static Planned impossible(String why) {
    return new Planned.Impossible(why, Nearest.NONE);
  }

  private static boolean isInTime(Base base, Target target) {
    return !(target instanceof Target.At(Instant instant))
        || !base.entry().cutAt().isAfter(instant);
  }

  /// The bases by whose cut time is told, by the log that each of them names. A log begins under
  /// the lock of one snapshot. Where two claim it, one is of another history, and nothing is
  /// concluded from either; nor from one that was cut before the transactions of earlier logs.
  private static Map<Integer, Base> marks(Chain chain, List<Base> ofChain) {
    Map<Integer, Base> marks = new HashMap<>();
    for (Base base : ofChain) {
      boolean alone = ofChain.stream().filter(other -> other.log() == base.log()).count() == 1;
      if (alone && base.entry().cutSeenAt().isPresent() && isPlausible(base, chain)) {
        marks.put(base.log(), base);
      }
    }
    return marks;
  }

  private static boolean isPlausible(Base base, Chain chain) {
    Instant cut = base.entry().cutAt().plus(CLOCKS);
    return chain.logs().subList(0, base.log()).reversed().stream()
        .flatMap(log -> log.content().times().stream())
        .findFirst()
        .filter(before -> before.last().isAfter(cut))
        .isEmpty();
  }

  private Planned withBase(Chain chain, List<Base> inTime, Target target, Cut found)
      throws IOException {
    Cut next = atTheBeginningOfTheNext(chain, found);
    boolean hasBase = inTime.stream().anyMatch(one -> one.log() == number(chain, next));
    Cut cut = hasBase ? next : found; // nothing of the next log is replayed
    int end = number(chain, cut);
    Base base =
        inTime.reversed().stream().filter(one -> one.log() <= end).findFirst().orElseThrow();
    Cut whole = cut.last().isPresent() ? cut : withLast(cut, chain, base, end);
    RecoveryPlan plan =
        new RecoveryPlan(
            target,
            base.entry(),
            chain.timeline(),
            chain.logs().subList(base.log(), end + 1),
            whole,
            chain.endState(),
            chain.end());
    Optional<Incidents.Incident> incident = Incidents.within(plan);
    return incident.isEmpty()
        ? new Planned.Ready(plan)
        : new Planned.Impossible(
            incident.get().words(),
            new NearestFinder(bases, reads).around(incident.get(), chain, base));
  }

  private static int number(Chain chain, Cut cut) {
    return chain.logs().stream().map(ArchivedLog::log).toList().indexOf(cut.log());
  }

  /// Right behind the last transaction of a log is right before the first of the next one.
  private static Cut atTheBeginningOfTheNext(Chain chain, Cut cut) {
    List<ArchivedLog> logs = chain.logs();
    int log = number(chain, cut);
    if (log + 1 == logs.size() || !logs.get(log + 1).content().start().equals(cut.state())) {
      return cut;
    }
    LogName next = logs.get(log + 1).log();
    return new Cut(
        next,
        cut.next()
            .filter(seen -> seen.log().equals(next))
            .map(seen -> seen.transaction().offset())
            .orElse(0L),
        cut.state(),
        cut.last(),
        cut.next(),
        cut.early(),
        cut.byTimes());
  }

  /// The last transaction that is in may lie in an earlier log.
  private Cut withLast(Cut cut, Chain chain, Base base, int end) throws IOException {
    List<ReadableLog> before =
        chain.logs().subList(base.log(), end).stream().map(reads::of).toList();
    return new Cut(
        cut.log(),
        cut.offset(),
        cut.state(),
        CutFinder.last(before, Long.MAX_VALUE),
        cut.next(),
        cut.early(),
        cut.byTimes());
  }
}
