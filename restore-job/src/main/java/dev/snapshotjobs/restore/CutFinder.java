package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the place in an unbroken chain of logs that a target means.
///
/// The time that a transaction carries is that of its statement's beginning, in whole seconds, and
/// clients can set it. So it only says that the transaction was not committed before. What was
/// committed by some instant is said by the archiver's marks: what lies before a mark was logged by
/// then, and what lies behind one that had caught up was logged later. Between those two the first
/// transaction whose time is later than the instant ends it.
final class CutFinder {
  private static final int EARLY = 20;

  private final List<? extends ReadableLog> logs;

  /// @param logs in order, each beginning where the one before it ends
  CutFinder(List<? extends ReadableLog> logs) {
    if (logs.isEmpty()) {
      throw new IllegalArgumentException("a chain has at least one log");
    }
    this.logs = List.copyOf(logs);
  }

  Resolution find(Target target) throws IOException {
    return switch (target) {
      case Target.Latest() -> latest();
      case Target.At(Instant instant) -> at(instant);
      case Target.Through(Gtid gtid) -> at(gtid, true);
      case Target.Before(Gtid gtid) -> at(gtid, false);
    };
  }

  private Resolution latest() throws IOException {
    Scan scan = new Scan(logs.getLast());
    scan.log.read(scan::take);
    return scan.reached(Optional.empty(), List.of(), false);
  }

  private Resolution at(Gtid gtid, boolean through) throws IOException {
    if (logs.getFirst().start().reaches(gtid)) {
      if (through && logs.getFirst().start().position().equals(GtidPosition.of(List.of(gtid)))) {
        Scan nothing = new Scan(logs.getFirst());
        return nothing.reached(first(logs), List.of(), false);
      }
      return new Resolution.Unreachable(
          "%s comes before the oldest place from which this history can be recovered"
              .formatted(gtid));
    }
    for (int i = 0; i < logs.size(); i++) {
      if (!logs.get(i).end().reaches(gtid)) {
        continue;
      }
      Scan scan = new Scan(logs.get(i));
      List<SeenTransaction> next = new ArrayList<>();
      List<SeenTransaction> above = new ArrayList<>();
      boolean[] found = new boolean[1];
      scan.log.read(
          transaction -> {
            boolean wanted = transaction.transaction().gtid().equals(gtid);
            if (isAbove(transaction.transaction().gtid(), gtid)) {
              above.add(transaction);
            }
            if (found[0] || (wanted && !through)) {
              next.add(transaction);
              found[0] = true;
              return false;
            }
            found[0] = wanted;
            return scan.take(transaction);
          });
      if (!found[0]) {
        return new Resolution.Unreachable(
            "%s is not in the archive, though later ones of its server are".formatted(gtid),
            above.stream().findFirst());
      }
      return scan.reached(
          next.isEmpty() ? firstBehind(i) : Optional.of(next.getFirst()), List.of(), false);
    }
    return new Resolution.Unreachable("nothing as late as %s is in this history".formatted(gtid));
  }

  private static boolean isAbove(Gtid gtid, Gtid other) {
    return gtid.domainId() == other.domainId()
        && gtid.serverId() == other.serverId()
        && gtid.sequence() > other.sequence();
  }

  private Optional<SeenTransaction> firstBehind(int log) throws IOException {
    return first(logs.subList(log + 1, logs.size()));
  }

  /// The first transaction of all these logs.
  static Optional<SeenTransaction> first(List<? extends ReadableLog> logs) throws IOException {
    List<SeenTransaction> first = new ArrayList<>();
    for (ReadableLog log : logs) {
      log.read(
          transaction -> {
            first.add(transaction);
            return false;
          });
      if (!first.isEmpty()) {
        break;
      }
    }
    return first.stream().findFirst();
  }

  /// The last transaction of all these logs.
  ///
  /// @param end of what counts of the last one
  static Optional<SeenTransaction> last(List<? extends ReadableLog> logs, long end)
      throws IOException {
    for (ReadableLog log : logs.reversed()) {
      long limit = log.equals(logs.getLast()) ? end : Long.MAX_VALUE;
      Scan scan = new Scan(log);
      log.read(seen -> seen.transaction().end() <= limit && scan.take(seen));
      if (!scan.isEmpty()) {
        return Optional.ofNullable(scan.last);
      }
    }
    return Optional.empty();
  }

  private Resolution at(Instant instant) throws IOException {
    Around around = around(instant);
    @Nullable Scan before = null;
    for (int i = around.log; i < logs.size(); i++) {
      Marks marks = logs.get(i).marks();
      Marks.Bounds bounds = marks.around(instant);
      long included = i == around.log ? around.included : 0;
      long excluded = bounds.excluded().map(Mark::offset).orElse(Long.MAX_VALUE);
      Scan scan = new Scan(logs.get(i));
      List<SeenTransaction> left = new ArrayList<>();
      List<SeenTransaction> early = new ArrayList<>();
      scan.log.read(
          seen -> {
            if (left.isEmpty() && isIn(seen, instant, included, excluded)) {
              return scan.take(seen);
            }
            if (left.isEmpty()) {
              left.add(seen);
            } else if (!seen.transaction().began().isAfter(instant)) {
              early.add(seen);
            }
            return early.size() < EARLY;
          });
      if (!left.isEmpty() || excluded < Long.MAX_VALUE) {
        Optional<SeenTransaction> next =
            left.isEmpty() ? firstBehind(i) : Optional.of(left.getFirst());
        // That of a snapshot lies before everything in its log.
        boolean byTimes = marks.all().stream().allMatch(mark -> mark.offset() == 0);
        return scan.isEmpty() && before != null
            ? before.reached(next, early, byTimes)
            : scan.reached(next, early, byTimes);
      }
      before = scan.isEmpty() && before != null ? before : scan;
    }
    return new Resolution.Unreachable(
        "nothing in the archive is known to be later than %s".formatted(instant));
  }

  /// Where the marks that are not later than an instant end.
  ///
  /// @param included what lies before this offset of the log was logged by then, and all earlier
  ///   logs
  private record Around(int log, long included) {}

  /// From the beginning on, up to the first mark that is later: what comes behind that is later
  /// too, or a clock was set back, and then nobody can know.
  private Around around(Instant instant) throws IOException {
    Around around = new Around(0, 0);
    for (int i = 0; i < logs.size(); i++) {
      List<Mark> marks = logs.get(i).marks().all();
      for (Mark mark : marks) {
        if (mark.at().isAfter(instant)) {
          return around;
        }
        around = new Around(i, mark.offset());
      }
    }
    return around;
  }

  private static boolean isIn(SeenTransaction seen, Instant instant, long included, long excluded) {
    long end = seen.transaction().end();
    return end <= included || (end <= excluded && !seen.transaction().began().isAfter(instant));
  }

  /// What was taken of one log.
  private static final class Scan {
    private final ReadableLog log;
    private final Map<List<Long>, Gtid> newest = new LinkedHashMap<>();
    private @Nullable SeenTransaction last;

    Scan(ReadableLog log) {
      this.log = log;
    }

    boolean take(SeenTransaction seen) {
      Gtid gtid = seen.transaction().gtid();
      List<Long> server = List.of(gtid.domainId(), gtid.serverId());
      newest.remove(server); // so that the order is that of the last ones
      newest.put(server, gtid);
      last = seen;
      return true;
    }

    boolean isEmpty() {
      return last == null;
    }

    Resolution reached(
        Optional<SeenTransaction> next, List<SeenTransaction> early, boolean byTimes) {
      GtidState state = log.start();
      for (Gtid gtid : newest.values()) {
        state = state.endingAt(GtidPosition.of(List.of(gtid)));
      }
      LogName name = log.name();
      SeenTransaction end = last;
      long offset =
          end != null
              ? end.transaction().end()
              : next.filter(seen -> seen.log().equals(name))
                  .map(seen -> seen.transaction().offset())
                  .orElse(0L);
      return new Resolution.Reached(
          new Cut(name, offset, state, Optional.ofNullable(end), next, early, byTimes));
    }
  }
}
