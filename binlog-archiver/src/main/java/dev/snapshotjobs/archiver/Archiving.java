package dev.snapshotjobs.archiver;

import dev.snapshotjobs.archiver.Sealing.Sealed;
import dev.snapshotjobs.archiver.TailArchiving.Reached;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.binlog.Succession;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import dev.snapshotjobs.common.report.Phase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the archive up to where the server stands: seals what is closed, then takes the tail of
/// the log that is being written. Each round begins by finding the place again, so that nothing is
/// assumed of what happened meanwhile.
final class Archiving {
  private static final Logger LOG = LoggerFactory.getLogger(Archiving.class);

  private final ArchiveSettings settings;
  private final Connection control;
  private final ObjectStore store;
  private final Run run;
  private final ServerFacts facts;
  private final BucketArchive archive;
  private final LogReading reading;
  private final Sealing sealing;
  private final TailArchiving tail;
  private final Result result;
  private final Map<String, LogHead> heads = new HashMap<>();

  Archiving(
      ArchiveSettings settings,
      MariaDbConnector connector,
      Connection control,
      ObjectStore store,
      Run run,
      ServerFacts facts,
      Result result) {
    this.settings = settings;
    this.control = control;
    this.store = store;
    this.run = run;
    this.facts = facts;
    this.result = result;
    this.archive = new BucketArchive(store, settings.instance());
    this.reading = new LogReading(connector, run);
    this.sealing = new Sealing(settings, reading, store, archive, run);
    this.tail = new TailArchiving(settings, control, reading, store, archive, run);
  }

  Conclusion planned() throws SQLException, IOException {
    List<BinlogFile> logs = BinaryLogs.list(control);
    return result.planned(locate(logs), logs);
  }

  /// Up to where the server stands, and on from there for as long as it is to be followed.
  Conclusion toTheEnd(Optional<Following> following)
      throws SQLException, IOException, InterruptedException {
    while (true) {
      run.stop().throwIfRequested();
      List<BinlogFile> logs = BinaryLogs.list(control);
      Going going = sealAll(enter(locate(logs), logs), logs);
      ServerEnd end = ServerEnd.ask(control, run.clock());
      if (end.coordinates().file().equals(logs.getLast().name())) {
        try (Phase _ = run.report().phase("tail")) {
          Reached reached = tail(going, logs, end, following);
          if (!reached.rotated() && reached.contradiction().isEmpty()) {
            return result.archived(reached, end.coordinates().file(), run);
          }
          reached.contradiction().ifPresent(why -> lookAgain(why, following));
        }
      }
      LOG.atInfo().log("the server writes another log by now");
    }
  }

  private void lookAgain(String why, Optional<Following> following) {
    LOG.atWarn().addKeyValue("why", why).log("the log that was followed is not the server's");
    if (following.filter(by -> by.until().isAfter(run.clock().instant())).isEmpty()) {
      throw JobException.failed(
          ArchiverReason.DATABASE_UNREACHABLE, why, "run again: a run begins by looking anew");
    }
  }

  private Going sealAll(Going from, List<BinlogFile> logs)
      throws SQLException, IOException, InterruptedException {
    Going going = from;
    LOG.atInfo()
        .addKeyValue("timeline", going.timeline().toString())
        .addKeyValue("to_seal", logs.size() - 1 - going.next())
        .log("planned");
    try (Phase _ = run.report().phase("seal")) {
      while (going.next() < logs.size() - 1) {
        run.stop().throwIfRequested();
        going = seal(going, logs);
      }
    }
    return going;
  }

  /// Where the run goes on.
  ///
  /// @param expected the state with which the next log has to begin
  private record Going(TimelineId timeline, int next, GtidState expected) {}

  private Place locate(List<BinlogFile> logs) throws SQLException, IOException {
    heads.clear();
    try (Phase _ = run.report().phase("locate")) {
      return new Locator(logs, this::head, archive).locate();
    }
  }

  private LogHead head(String log) throws SQLException, IOException {
    LogHead known = heads.get(log);
    if (known == null) {
      known = reading.head(new LogName(log));
      heads.put(log, known);
    }
    return known;
  }

  private Going enter(Place place, List<BinlogFile> logs) throws SQLException, IOException {
    return switch (place) {
      case Place.Continued(int timeline, int next, GtidState expected) ->
          new Going(new TimelineId(timeline), next, expected);
      case Place.Opened opened -> open(opened, logs);
    };
  }

  private Going open(Place.Opened opened, List<BinlogFile> logs) throws SQLException, IOException {
    TimelineId id =
        archive.ids().stream().findFirst().map(TimelineId::next).orElse(TimelineId.FIRST);
    BinlogFile first = logs.get(opened.next());
    LogHead head = head(first.name());
    Timeline timeline =
        new Timeline(
            settings.instance(),
            id,
            opened.parent(),
            facts.serverId(),
            new LogName(first.name()),
            head.fingerprint(),
            head.start(),
            opened.reason(),
            opened.continuity(),
            run.clock().instant());
    ObjectKey key = archive.key(new TimelineDocument(id));
    switch (store.putIfAbsent(key, timeline.json(), WriteOptions.JSON)) {
      case WriteResult.Created _ -> result.opened(timeline, opened.why());
      case WriteResult.Exists _ ->
          throw JobException.failed(
              ArchiverReason.ANOTHER_ARCHIVER,
              "another archiver has just opened timeline " + id,
              "run again: it may be the right one");
    }
    return new Going(id, opened.next(), head.start());
  }

  private Going seal(Going going, List<BinlogFile> logs)
      throws SQLException, IOException, InterruptedException {
    BinlogFile file = logs.get(going.next());
    Going proven = connected(going, logs);
    try {
      Sealed sealed = sealing.seal(proven.timeline(), file);
      result.sealed(sealed);
      return new Going(proven.timeline(), proven.next() + 1, sealed.manifest().content().end());
    } catch (DifferenceException e) {
      return open(differing(proven, e, head(file.name())), logs);
    }
  }

  private Reached tail(
      Going going, List<BinlogFile> logs, ServerEnd end, Optional<Following> following)
      throws SQLException, IOException, InterruptedException {
    Going proven = connected(going, logs);
    try {
      return tail.archive(proven.timeline(), end, following);
    } catch (DifferenceException e) {
      Going other = open(differing(proven, e, head(logs.get(proven.next()).name())), logs);
      return tailOfNew(other, end, following);
    }
  }

  private Reached tailOfNew(Going going, ServerEnd end, Optional<Following> following)
      throws SQLException, IOException, InterruptedException {
    try {
      return tail.archive(going.timeline(), end, following);
    } catch (DifferenceException e) {
      throw new IllegalStateException("a new timeline has nothing that could differ", e);
    }
  }

  /// Makes sure that the next log begins where what is archived ends.
  private Going connected(Going going, List<BinlogFile> logs) throws SQLException, IOException {
    String log = logs.get(going.next()).name();
    GtidState start = head(log).start();
    Optional<Timeline.Fork> behind =
        Optional.of(
            new Timeline.Fork(
                going.timeline(),
                going.expected(),
                new LogName(going.next() == 0 ? log : logs.get(going.next() - 1).name())));
    return switch (Succession.between(going.expected(), start)) {
      case Succession.Unbroken() -> going;
      case Succession.DomainsRemoved(var domains) -> {
        run.report().warn("the server was told to forget the GTID domains " + domains);
        yield going;
      }
      case Succession.Gap gap ->
          open(new Place.Opened(new Place.Why.Missing(gap), behind, going.next(), start), logs);
      case Succession.Unrelated _ ->
          open(
              new Place.Opened(
                  new Place.Why.OtherHistory(going.expected()),
                  Optional.empty(),
                  going.next(),
                  start),
              logs);
    };
  }

  /// What is archived of the log begins differently, or goes on differently.
  private Place.Opened differing(Going going, DifferenceException e, LogHead head) {
    LogName log = new LogName(e.why().log());
    boolean otherLog =
        archive.tail(going.timeline(), log).chunks().stream()
            .anyMatch(chunk -> !chunk.prefix().head().equals(head.fingerprint()));
    String before = BinlogFile.of(log.text(), 0).before().orElse(log.text());
    return otherLog
        ? new Place.Opened(
            new Place.Why.Forked(before),
            fork(going, new LogName(before), head),
            going.next(),
            head.start())
        : new Place.Opened(e.why(), fork(going, log, head), going.next(), head.start());
  }

  private static Optional<Timeline.Fork> fork(Going going, LogName log, LogHead head) {
    return Optional.of(new Timeline.Fork(going.timeline(), head.start(), log));
  }
}
