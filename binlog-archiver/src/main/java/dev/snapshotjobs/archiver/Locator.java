package dev.snapshotjobs.archiver;

import dev.snapshotjobs.archiver.Inventory.KnownTimeline;
import dev.snapshotjobs.archiver.Inventory.SealedLog;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.binlog.Succession;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the place in the archive at which a server's logs go on. It believes no name and no
/// number: only heads, sizes and states. It asks about few logs, however many there are.
final class Locator {

  /// How the logs of the server begin.
  interface Heads {
    LogHead of(String log) throws SQLException, IOException;
  }

  /// @param next the first log that is not the timeline's
  private record Fork(KnownTimeline timeline, String lastCommonLog, int next, GtidState end) {}

  private record Question(int timeline, int log) {}

  private final Map<Question, Optional<SealedLog>> found = new HashMap<>();
  private final List<BinlogFile> logs;
  private final Heads heads;
  private final Inventory inventory;

  /// @param logs all of the server, the oldest first; the last one is still written
  Locator(List<BinlogFile> logs, Heads heads, Inventory inventory) {
    if (logs.isEmpty()) {
      throw new IllegalArgumentException("a server that logs has at least one log");
    }
    this.logs = List.copyOf(logs);
    this.heads = heads;
    this.inventory = inventory;
  }

  Place locate() throws SQLException, IOException {
    List<KnownTimeline> timelines = inventory.timelines();
    Optional<Fork> deepest = Optional.empty();
    for (KnownTimeline timeline : timelines) {
      int newest = newestSealed(timeline);
      if (newest < 0) {
        Optional<Place> place = beforeAnySealedLog(timeline);
        if (place.isPresent()) {
          return place.get();
        }
      } else {
        int common = lastCommon(timeline, newest);
        if (common == newest) {
          return new Place.Continued(timeline.id(), newest + 1, sealed(timeline, newest).end());
        }
        Optional<Fork> fork = common < 0 ? forkBeforeOldest(timeline) : fork(timeline, common);
        if (fork.isPresent() && fork.get().next() > deepest.map(Fork::next).orElse(-1)) {
          deepest = fork;
        }
      }
    }
    if (deepest.isPresent()) {
      Fork fork = deepest.get();
      Place.Why why = new Place.Why.Forked(fork.lastCommonLog());
      return new Place.Opened(
          why,
          fork(fork.timeline().id(), fork.end(), fork.lastCommonLog()),
          fork.next(),
          fork.end());
    }
    return withoutCommonLog(timelines);
  }

  /// The newest log that this timeline has under its name, or -1. Sealed logs of a timeline have no
  /// holes between them, so a few questions find it; usually the second does.
  private int newestSealed(KnownTimeline timeline) {
    int lowest = 0;
    long first = BinlogFile.of(timeline.firstLog(), 0).number();
    while (lowest < logs.size() && logs.get(lowest).number() < first) {
      lowest++;
    }
    int unsealed = logs.size();
    int step = 1;
    int at = unsealed - 1;
    while (at >= lowest && !isSealed(timeline, at)) {
      unsealed = at;
      at -= step;
      step *= 2;
    }
    int sealed = Math.max(at, lowest - 1);
    while (unsealed - sealed > 1) {
      int middle = (sealed + unsealed) >>> 1;
      if (isSealed(timeline, middle)) {
        sealed = middle;
      } else {
        unsealed = middle;
      }
    }
    return sealed < lowest ? -1 : sealed;
  }

  /// The newest log, from `newest` backwards, that is the same in both, or -1. What comes before a
  /// common log is common too.
  private int lastCommon(KnownTimeline timeline, int newest) throws SQLException, IOException {
    if (isSame(timeline, newest)) {
      return newest;
    }
    int different = newest;
    int step = 1;
    int at = newest - step;
    while (at >= 0 && isSealed(timeline, at) && !isSame(timeline, at)) {
      different = at;
      step *= 2;
      at -= step;
    }
    int common = Math.max(at, -1);
    while (different - common > 1) {
      int middle = (common + different) >>> 1;
      if (isSealed(timeline, middle) && isSame(timeline, middle)) {
        common = middle;
      } else {
        different = middle;
      }
    }
    return common >= 0 && isSealed(timeline, common) && isSame(timeline, common) ? common : -1;
  }

  private boolean isSealed(KnownTimeline timeline, int log) {
    return find(timeline, log).isPresent();
  }

  private SealedLog sealed(KnownTimeline timeline, int log) {
    return find(timeline, log).orElseThrow();
  }

  /// Asks once: what is sealed stays as it is.
  private Optional<SealedLog> find(KnownTimeline timeline, int log) {
    return found.computeIfAbsent(
        new Question(timeline.id(), log),
        _ -> inventory.sealed(timeline.id(), logs.get(log).name()));
  }

  private boolean isSame(KnownTimeline timeline, int log) throws SQLException, IOException {
    if (log == logs.size() - 1) {
      return false; // what is sealed was closed, and nobody writes to it again
    }
    SealedLog archived = sealed(timeline, log);
    BinlogFile file = logs.get(log);
    return archived.fileSize() == file.size()
        && archived.head().equals(heads.of(file.name()).fingerprint());
  }

  /// Of a timeline that has none of the server's closed logs: it may have just begun, or it may end
  /// right before the oldest that the server has kept.
  private Optional<Place> beforeAnySealedLog(KnownTimeline timeline)
      throws SQLException, IOException {
    for (int log = 0; log < logs.size(); log++) {
      if (logs.get(log).name().equals(timeline.firstLog())) {
        return heads.of(timeline.firstLog()).fingerprint().equals(timeline.firstHead())
            ? Optional.of(new Place.Continued(timeline.id(), log, timeline.start()))
            : Optional.empty();
      }
    }
    return beforeOldest(timeline)
        .map(before -> new Place.Continued(timeline.id(), 0, before.end()));
  }

  /// The log before the oldest that the server has kept, if this timeline has it and nothing lies
  /// between them.
  private Optional<SealedLog> beforeOldest(KnownTimeline timeline)
      throws SQLException, IOException {
    BinlogFile oldest = logs.getFirst();
    Optional<SealedLog> before =
        oldest.before().flatMap(name -> inventory.sealed(timeline.id(), name));
    return before.isPresent() && follows(before.get().end(), heads.of(oldest.name()).start())
        ? before
        : Optional.empty();
  }

  private Optional<Fork> fork(KnownTimeline timeline, int common) {
    String name = logs.get(common).name();
    return Optional.of(new Fork(timeline, name, common + 1, sealed(timeline, common).end()));
  }

  private Optional<Fork> forkBeforeOldest(KnownTimeline timeline) throws SQLException, IOException {
    return beforeOldest(timeline)
        .map(before -> new Fork(timeline, logs.getFirst().before().orElseThrow(), 0, before.end()));
  }

  private Place withoutCommonLog(List<KnownTimeline> timelines) throws SQLException, IOException {
    LogHead oldest = heads.of(logs.getFirst().name());
    GtidState start = oldest.start();
    if (timelines.isEmpty()) {
      return new Place.Opened(new Place.Why.First(), Optional.empty(), 0, start);
    }
    Optional<Timeline.Fork> restored = inventory.restored(oldest.fingerprint());
    if (restored.isPresent()) {
      return new Place.Opened(new Place.Why.Restored(), restored, 0, start);
    }
    KnownTimeline known = timelines.getFirst();
    int newest = known.id();
    Inventory.Reached reached = inventory.reached(newest);
    String nextLog = reached.nextLog();
    String lastLog = BinlogFile.of(nextLog, 0).before().orElse(nextLog);
    Optional<Timeline.Fork> behind = fork(newest, reached.state(), lastLog);
    Place otherHistory =
        new Place.Opened(new Place.Why.OtherHistory(reached.state()), Optional.empty(), 0, start);
    boolean itsName = logs.getFirst().name().equals(nextLog);
    return switch (Succession.between(reached.state(), start)) {
      // Nothing of it is archived, and its first log would have been known again by its head.
      case Succession.Unbroken _, Succession.DomainsRemoved _
          when itsName && nextLog.equals(known.firstLog()) ->
          otherHistory;
      // The last log was archived to its end as a tail, and purged before it was sealed.
      case Succession.Unbroken _, Succession.DomainsRemoved _ ->
          itsName
              ? new Place.Continued(newest, 0, reached.state())
              : new Place.Opened(new Place.Why.Renamed(nextLog), behind, 0, start);
      case Succession.Gap gap -> new Place.Opened(new Place.Why.Missing(gap), behind, 0, start);
      case Succession.Unrelated _ -> otherHistory;
    };
  }

  private static Optional<Timeline.Fork> fork(int timeline, GtidState state, String log) {
    return Optional.of(new Timeline.Fork(new TimelineId(timeline), state, new LogName(log)));
  }

  private static boolean follows(GtidState end, GtidState start) {
    return switch (Succession.between(end, start)) {
      case Succession.Unbroken _, Succession.DomainsRemoved _ -> true;
      case Succession.Gap _, Succession.Unrelated _ -> false;
    };
  }
}
