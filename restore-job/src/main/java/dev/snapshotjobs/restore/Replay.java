package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.restore.RelayLogFeed.Item;
import dev.snapshotjobs.restore.RestoreServer.Applier;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Lets the server apply the logs of a plan as relay logs, one piece after the other, and holds its
/// position against the plan's before the first and after each of them: a log that is applied twice
/// raises no error and empties tables.
final class Replay {
  private static final Duration POLL = Duration.ofMillis(20);

  private final RestoreServer server;
  private final PlanDocument plan;
  private final List<ArchivedLog> logs;
  private final Scratch scratch;
  private final RelayLogFolder folder;
  private final long pieceSize;
  private final LogReader reader;
  private final long sourceServerId;
  private final Run run;
  private final ReplayProgress progress;

  Replay(
      RestoreServer server,
      PlanDocument plan,
      List<ArchivedLog> logs,
      Scratch scratch,
      long pieceSize,
      LogReader reader,
      long sourceServerId,
      Run run) {
    this.server = server;
    this.sourceServerId = sourceServerId;
    this.plan = plan;
    this.logs = logs;
    this.scratch = scratch;
    this.folder = scratch.relayLogs();
    this.pieceSize = pieceSize;
    this.reader = reader;
    this.run = run;
    this.progress = ReplayProgress.of(logs, plan.offset());
  }

  /// Applies all that the plan has, or what an earlier run has left of it.
  ///
  /// @param start where the data are, by the copy's own log
  /// @return where they are then
  GtidState run(GtidState start) throws IOException, InterruptedException, SQLException {
    int applied = resumeOrBegin(start);
    EventStatuses events = new EventStatuses(Notes.events(scratch));
    IgnoredTables ignored = new IgnoredTables(Notes.tables(scratch));
    warnOf(ignored.all());
    Set<String> known = new HashSet<>(ignored.all());
    server.ignoreTables(ignored.all());
    boolean fromTheBeginning = start.equals(logs.getFirst().content().start());
    try (RelayLogFeed feed =
        new RelayLogFeed(
            plan,
            logs,
            fromTheBeginning ? Optional.empty() : Optional.of(start),
            pieceSize,
            folder,
            new Following(events, ignored),
            reader,
            run.stop(),
            applied)) {
      feed.start();
      GtidPosition before = start.position();
      while (true) {
        switch (feed.next()) {
          case Item.Arrived(RelayLog log, List<String> ignoredNow) -> {
            if (known.addAll(ignoredNow)) {
              server.ignoreTables(ignoredNow);
              warnOf(ignoredNow);
            }
            if (log.number() > applied) {
              apply(log, before);
            } else if (log.number() == applied) {
              ReplayJob.requirePosition(server.position(), log.position(), "going on,");
            }
            before = log.position();
            progress.reached(log, run.clock().instant());
          }
          case Item.End(GtidState end) -> {
            ReplayJob.requirePosition(server.position(), end.position(), "in the end");
            restoreEvents(events);
            return end;
          }
          case Item.Failed(RuntimeException cause) -> throw cause;
          case Item.Failed(IOException cause) -> throw unreadable(cause);
          case Item.Failed(Exception cause) -> throw new IOException(cause);
        }
      }
    }
  }

  /// Goes on where the server is.
  ///
  /// @return how many pieces the server has applied
  private int resumeOrBegin(GtidState start)
      throws IOException, InterruptedException, SQLException {
    Optional<Applier> applier = server.applier();
    if (applier.isPresent() && applier.get().relayLog() > 0 && hasBegun(applier.get())) {
      Applier stopped = awaitStop();
      requireNoError(stopped, folder.name(stopped.relayLog()));
      return stopped.relayLog();
    }
    if (applier.isPresent()) {
      server.run("RESET SLAVE ALL"); // an earlier run has come no further
    }
    Notes.write(scratch, server.events(), server.tablesWithoutRows());
    server.beginAt(start);
    folder.expect(RelayLogFeed.most(logs, pieceSize));
    return 0;
  }

  /// In front of the first event nothing was applied; the first piece is brought anew then.
  private static boolean hasBegun(Applier applier) {
    return applier.relayLog() > 1 || applier.offset() > 4;
  }

  private void apply(RelayLog log, GtidPosition before) throws InterruptedException, SQLException {
    ReplayJob.requirePosition(server.position(), before, "before " + log.from());
    if (log.number() == 1 && server.applier().isEmpty()) {
      server.readRelayLogs(folder, log.from());
    }
    server.applyUpTo(folder, log.number(), log.end());
    Applier stopped = awaitStop();
    requireNoError(stopped, log.from());
    if (stopped.relayLog() != log.number() || stopped.offset() != log.end()) {
      throw JobException.refused(
          RestoreReason.REPLAY_FAILED,
          "the server stopped at %s:%d of the relay logs, and not at %s:%d"
              .formatted(
                  folder.name(stopped.relayLog()),
                  stopped.offset(),
                  folder.name(log.number()),
                  log.end()),
          ReplayJob.SEE_SERVER_LOG);
    }
    ReplayJob.requirePosition(server.position(), log.position(), "behind a part of " + log.from());
    forget(log.number() - 1);
  }

  /// The server stands at the end of the last piece, and begins to read there.
  private void forget(int number) {
    try {
      folder.delete(number);
    } catch (IOException e) {
      run.report().warn("a relay log could not be removed: " + e.getMessage());
    }
  }

  private Applier awaitStop() throws InterruptedException, SQLException {
    while (true) {
      Applier now = server.applier().orElseThrow();
      if (!now.running()) {
        return now;
      }
      progress.tell(now, run.clock().instant());
      run.stop().pause(POLL); // the server tells nobody that it has stopped
    }
  }

  private static void requireNoError(Applier stopped, String log) {
    if (stopped.errno() != 0) {
      throw JobException.refused(
          RestoreReason.REPLAY_FAILED,
          "the server could not apply a transaction of %s: %s (error %d)"
              .formatted(log, stopped.error(), stopped.errno()),
          "the source is untouched and the new volume is not used; recover to right before that"
              + " transaction, or see docs/runbook.md");
    }
  }

  private void warnOf(List<String> ignored) {
    if (!ignored.isEmpty()) {
      run.report()
          .warn(
              "changes of these tables are left out, because their rows are not in the data or on"
                  + " another server: "
                  + String.join(", ", ignored));
    }
  }

  private void restoreEvents(EventStatuses events) throws SQLException {
    for (Map.Entry<EventStatuses.Name, EventStatuses.Status> event : events.now().entrySet()) {
      server.setEvent(event.getKey(), event.getValue(), sourceServerId);
    }
  }

  private JobException unreadable(IOException cause) {
    run.stop().throwIfRequested(); // it breaks what is being read
    return JobException.refused(
        RestoreReason.ARCHIVE_DAMAGED,
        String.valueOf(cause.getMessage()),
        "run binlog-archiver verify, which says of each damage what to do",
        cause);
  }
}
