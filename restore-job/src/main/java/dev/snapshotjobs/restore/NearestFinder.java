package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Looks for the recoverable places on both sides of a target that has no plan.
record NearestFinder(Bases bases, Planner.Reads reads) {
  /// @param chains those that may be taken, in the order of time
  Nearest around(Target target, List<Chain> chains) throws IOException {
    List<Chain> windows = chains.stream().filter(chain -> !bases.of(chain).isEmpty()).toList();
    Optional<Chain> behind =
        windows.stream().filter(window -> liesBehind(window, target)).findFirst();
    Optional<Chain> before =
        windows.reversed().stream().filter(window -> liesBefore(window, target)).findFirst();
    return new Nearest(
        before.isPresent() ? Optional.of(endOf(before.get(), chains)) : Optional.empty(),
        behind.isPresent() ? Optional.of(beginningOf(behind.get(), chains)) : Optional.empty());
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

  private Nearest.Spot endOf(Chain window, List<Chain> chains) throws IOException {
    return new Nearest.Spot(
        isLast(window, chains)
            ? Optional.of(new Target.Latest())
            : CutFinder.last(logs(window))
                .map(seen -> new Target.Through(seen.transaction().gtid())),
        window.timeline(),
        window.endState(),
        "the end of timeline %s in %s".formatted(window.timeline(), window.logs().getLast().log()),
        window.end().words());
  }

  private Nearest.Spot beginningOf(Chain window, List<Chain> chains) throws IOException {
    Base base = oldest(window);
    Optional<Target> right =
        CutFinder.first(logs(window)).map(seen -> new Target.Before(seen.transaction().gtid()));
    return new Nearest.Spot(
        right.isEmpty() && isLast(window, chains) ? Optional.of(new Target.Latest()) : right,
        window.timeline(),
        start(window),
        "snapshot %s of %s".formatted(base.entry().snapshot().name(), base.entry().cutAt()),
        "it is the oldest one from which timeline %s can be recovered"
            .formatted(window.timeline()));
  }

  /// From the oldest base on.
  private List<ReadableLog> logs(Chain window) {
    List<ArchivedLog> all = window.logs();
    return all.subList(oldest(window).log(), all.size()).stream().map(reads::of).toList();
  }
}
