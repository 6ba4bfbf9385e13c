package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for the recoverable places on both sides of a target that has no plan.
record NearestFinder(Bases bases, Planner.Reads reads) {
  private static final Logger LOG = LoggerFactory.getLogger(NearestFinder.class);

  /// @param chains those that may be taken, in the order of time
  Nearest around(Target target, List<Chain> chains) {
    List<Chain> windows = chains.stream().filter(chain -> !bases.of(chain).isEmpty()).toList();
    Optional<Chain> behind =
        windows.stream().filter(window -> liesBehind(window, target)).findFirst();
    Optional<Chain> before =
        windows.reversed().stream().filter(window -> liesBefore(window, target)).findFirst();
    return new Nearest(
        before.map(window -> endOf(window, chains)),
        behind.map(window -> beginningOf(window, chains)));
  }

  /// Right before a place over which no recovery goes, and at the next snapshot behind it.
  ///
  /// @param base from which one would have gone over it
  Nearest around(Incidents.Incident incident, Chain chain, Base base) throws IOException {
    int at = chain.logs().stream().map(ArchivedLog::log).toList().indexOf(incident.log());
    List<ReadableLog> upToIt = logs(chain, base.log(), at + 1);
    Optional<SeenTransaction> last = CutFinder.last(upToIt, incident.offset());
    Optional<Base> next = bases.of(chain).stream().filter(one -> one.log() > at).findFirst();
    return new Nearest(
        last.isPresent() ? behind(last.get(), chain, upToIt) : Optional.empty(),
        next.isPresent()
            ? Optional.of(at(next.get(), chain, "it is the first one behind that place"))
            : Optional.empty());
  }

  private static Optional<Nearest.Spot> behind(
      SeenTransaction last, Chain chain, List<ReadableLog> logs) throws IOException {
    Gtid gtid = last.transaction().gtid();
    return switch (new CutFinder(logs).find(new Target.Through(gtid))) {
      case Resolution.Reached(Cut cut) ->
          Optional.of(
              new Nearest.Spot(
                  Optional.of(new Target.Through(gtid)),
                  chain.timeline(),
                  cut.state(),
                  "right behind " + gtid,
                  "the server could not log what it did behind that"));
      case Resolution.Unreachable _ -> Optional.empty();
    };
  }

  private boolean liesBehind(Chain window, Target target) {
    return switch (target) {
      case Target.Latest() -> false;
      case Target.At(Instant instant) -> oldest(window).entry().cutAt().isAfter(instant);
      case Target.Through(Gtid gtid) -> start(window).reaches(gtid);
      case Target.Before(Gtid gtid) -> start(window).reaches(gtid);
    };
  }

  private boolean liesBefore(Chain window, Target target) {
    return switch (target) {
      case Target.Latest() -> true;
      case Target.At _ -> !liesBehind(window, target);
      case Target.Through(Gtid gtid) -> endsBefore(window, gtid);
      case Target.Before(Gtid gtid) -> endsBefore(window, gtid);
    };
  }

  /// Of a domain that it knows: of others nobody can say what came first.
  private static boolean endsBefore(Chain window, Gtid gtid) {
    GtidState end = window.endState();
    return end.position().in(gtid.domainId()).isPresent() && !end.reaches(gtid);
  }

  private Base oldest(Chain window) {
    return bases.of(window).getFirst();
  }

  private GtidState start(Chain window) {
    return window.logs().get(oldest(window).log()).content().start();
  }

  private static boolean isLast(Chain window, List<Chain> chains) {
    return chains.stream()
        .filter(chain -> chain.timeline().equals(window.timeline()))
        .reduce((_, later) -> later)
        .filter(window::equals)
        .isPresent();
  }

  private Nearest.Spot endOf(Chain window, List<Chain> chains) {
    return new Nearest.Spot(
        isLast(window, chains)
            ? Optional.of(new Target.Latest())
            : found(() -> CutFinder.last(logs(window), Long.MAX_VALUE))
                .map(seen -> new Target.Through(seen.transaction().gtid())),
        window.timeline(),
        window.endState(),
        "the end of timeline %s in %s".formatted(window.timeline(), window.logs().getLast().log()),
        window.end().words());
  }

  private Nearest.Spot beginningOf(Chain window, List<Chain> chains) {
    Nearest.Spot spot =
        at(
            oldest(window),
            window,
            "it is the oldest one from which timeline %s can be recovered"
                .formatted(window.timeline()));
    return spot.target().isEmpty() && isLast(window, chains)
        ? new Nearest.Spot(
            Optional.of(new Target.Latest()),
            spot.timeline(),
            spot.state(),
            spot.what(),
            spot.why())
        : spot;
  }

  private Nearest.Spot at(Base base, Chain chain, String why) {
    return new Nearest.Spot(
        found(() -> CutFinder.first(logs(chain, base.log(), chain.logs().size())))
            .map(seen -> new Target.Before(seen.transaction().gtid())),
        chain.timeline(),
        chain.logs().get(base.log()).content().start(),
        "snapshot %s of %s".formatted(base.entry().snapshot().name(), base.entry().cutAt()),
        why);
  }

  private interface Search {
    Optional<SeenTransaction> look() throws IOException;
  }

  /// A log that cannot be read leaves a place without arguments, and is not what was asked about.
  private static Optional<SeenTransaction> found(Search search) {
    try {
      return search.look();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("why", e.getMessage()).log("a place near the target is not named");
      return Optional.empty();
    }
  }

  /// From the oldest base on.
  private List<ReadableLog> logs(Chain window) {
    return logs(window, oldest(window).log(), window.logs().size());
  }

  private List<ReadableLog> logs(Chain chain, int from, int to) {
    return chain.logs().subList(from, to).stream().map(reads::of).toList();
  }
}
