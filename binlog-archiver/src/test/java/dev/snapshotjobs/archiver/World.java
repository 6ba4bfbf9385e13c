package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// A server with its logs, and an archive of them that grows by what a [Locator] says: all that can
/// happen to either, without bytes.
final class World implements Inventory {
  /// @param head unlike that of any other log, as a format description's time makes it
  record Log(String head, long number, long first, long last) {
    String name() {
      return "bin.%06d".formatted(number);
    }

    GtidState start() {
      return state(first - 1);
    }

    GtidState end() {
      return state(last);
    }

    /// One byte a transaction.
    BinlogFile file() {
      return BinlogFile.of(name(), 100 + last - first + 1);
    }
  }

  record Timeline(KnownTimeline known, Place.Opened opened, Map<Long, Log> sealed) {}

  final TreeMap<Integer, Timeline> archive = new TreeMap<>();
  List<Log> server = new ArrayList<>();
  int questions;
  private long heads;

  World() {
    begin(1, 0);
  }

  private static GtidState state(long sequence) {
    return GtidState.parse(sequence == 0 ? "" : "0-1-" + sequence);
  }

  private void begin(long number, long logged) {
    server.add(new Log("head-" + ++heads, number, logged + 1, logged));
  }

  Log active() {
    return server.getLast();
  }

  void write(int transactions) {
    Log active = server.removeLast();
    server.add(
        new Log(active.head(), active.number(), active.first(), active.last() + transactions));
  }

  void rotate() {
    begin(active().number() + 1, active().last());
  }

  void purge(int logs) {
    server = new ArrayList<>(server.subList(Math.min(logs, server.size() - 1), server.size()));
  }

  List<Log> copy() {
    return List.copyOf(server);
  }

  /// The server runs on a copy; what was its active log is closed, and it begins another.
  void restore(List<Log> copy) {
    server = new ArrayList<>(copy);
    rotate();
  }

  /// What was not synced is gone.
  void crash(int lost) {
    Log active = server.removeLast();
    long last = Math.max(active.first() - 1, active.last() - lost);
    server.add(new Log(active.head(), active.number(), active.first(), last));
    rotate();
  }

  void reset() {
    server.clear();
    begin(1, 0);
  }

  Place locate() throws Exception {
    List<BinlogFile> files = server.stream().map(Log::file).toList();
    return new Locator(files, this::head, this).locate();
  }

  /// Archives as many closed logs as it may, the active one's head included.
  Place archive(int logsAtMost) throws Exception {
    Place place = locate();
    Timeline timeline =
        switch (place) {
          case Place.Continued continued -> timeline(continued.timeline());
          case Place.Opened opened -> open(opened);
        };
    for (int i = place.next(); i < Math.min(server.size() - 1, place.next() + logsAtMost); i++) {
      Log log = server.get(i);
      Log there = timeline.sealed().putIfAbsent(log.number(), log);
      if (there != null) {
        throw new AssertionError(there + " is archived where " + log + " belongs");
      }
    }
    int tail = server.size() - 1;
    if (place.next() <= tail && timeline.sealed().containsKey(server.get(tail).number())) {
      throw new AssertionError("the tail of " + server.get(tail) + " belongs to a sealed log");
    }
    return place;
  }

  private Timeline open(Place.Opened opened) {
    Log first = server.get(opened.next());
    int id = archive.isEmpty() ? 1 : archive.lastKey() + 1;
    Timeline timeline =
        new Timeline(
            new KnownTimeline(id, first.name(), first.head(), opened.start()),
            opened,
            new TreeMap<>());
    archive.put(id, timeline);
    return timeline;
  }

  private Timeline timeline(int id) {
    return Objects.requireNonNull(archive.get(id));
  }

  private LogHead head(String log) {
    questions++;
    Log found = server.stream().filter(each -> each.name().equals(log)).findFirst().orElseThrow();
    return new LogHead(found.head(), found.start(), false);
  }

  @Override
  public List<KnownTimeline> timelines() {
    return archive.descendingMap().values().stream().map(Timeline::known).toList();
  }

  @Override
  public Optional<SealedLog> sealed(int timeline, String log) {
    questions++;
    Timeline found = archive.get(timeline);
    return found == null
        ? Optional.empty()
        : Optional.ofNullable(found.sealed().get(BinlogFile.of(log, 0).number()))
            .map(each -> new SealedLog(each.head(), each.file().size(), each.end()));
  }

  @Override
  public Optional<dev.snapshotjobs.common.archive.Timeline.Fork> restored(String firstHead) {
    return Optional.empty();
  }

  @Override
  public Reached reached(int timeline) {
    Timeline found = timeline(timeline);
    return new ArrayList<>(found.sealed().values())
        .reversed().stream()
            .findFirst()
            .map(log -> new Reached(log.file().after(), log.end()))
            .orElse(new Reached(found.known().firstLog(), found.known().start()));
  }

  /// The logs of a timeline with those that it has from its parents, as a restore would chain them.
  Map<Long, Log> chain(int timeline) {
    Timeline found = timeline(timeline);
    var parent = found.opened().parent();
    Map<Long, Log> logs = new LinkedHashMap<>();
    if (parent.isPresent() && found.opened().why() instanceof Place.Why.Forked) {
      long first = BinlogFile.of(found.known().firstLog(), 0).number();
      chain(parent.get().timeline().number()).values().stream()
          .filter(log -> log.number() < first)
          .forEach(log -> logs.put(log.number(), log));
    }
    logs.putAll(found.sealed());
    return logs;
  }
}
