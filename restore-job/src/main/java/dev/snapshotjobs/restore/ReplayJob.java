package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.archive.RestoredHistory;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.CompareResult;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.report.Phase;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `replay`: waits for the server, replays what the plan says, proves where the data
/// are, and gives the server a history of its own. When only this run dies, the next one goes on
/// where the server is; when the server dies, the copy is of no more use.
final class ReplayJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayJob.class);

  /// A restore's Job does not outlast its refusal, and what its containers have said neither.
  static final String SEE_SERVER_LOG =
      "the source is untouched and the new volume is not used; what the containers replay and mariadb"
          + " have said is where the cluster's logs are collected, since their pod is removed";

  private final String instance;
  private final ObjectStore store;
  private final BucketReader documents;
  private final ReplayCommand.Settings settings;
  private final Run run;

  ReplayJob(String instance, ObjectStore store, ReplayCommand.Settings settings, Run run) {
    this.instance = instance;
    this.store = store;
    this.documents = new BucketReader(store, instance);
    this.settings = settings;
    this.run = run;
  }

  Conclusion execute(CopyOptions options) throws IOException, InterruptedException {
    RestoreSource source = RestoreSource.read(documents, options);
    RecoveredCopy copy = source.copy(options.dataDir());
    CopyMarker marker =
        copy.read()
            .filter(found -> source.owns(found, options))
            .orElseThrow(
                () ->
                    JobException.failed(
                        RestoreReason.COPY_BEGUN,
                        "nobody has inspected this copy",
                        "the container inspect has to run first: begin with restore-job pitr"));
    if (marker.isReady()) {
      dropAccountOf(options.scratch());
      run.report().position("gtid_reached", marker.reached());
      run.report().position("gtid_binlog_state", marker.binlogState());
      return Conclusion.done("restored", RestoreReason.RESTORED, marker.message());
    }
    Histories histories = new HistoryReader(store, instance).read();
    try (JoinedServer joined = join(options.scratch())) {
      return restore(source, copy, options, joined, histories);
    } catch (SQLException e) {
      run.stop().throwIfRequested();
      throw serverFailed(e);
    }
  }

  /// An earlier run may have died right before it did so.
  private void dropAccountOf(Scratch scratch) throws IOException, InterruptedException {
    Optional<String> password = scratch.read(Scratch.Note.PASSWORD);
    if (password.isEmpty()) {
      return; // the server has dropped it at its start
    }
    MariaDbConnector connector =
        RestoreServer.connector(settings.host(), settings.port(), password.get());
    try (RestoreServer server =
        new ServerStart(settings.startTimeout(), run.stop()).await(connector)) {
      server.dropAccount();
    } catch (SQLException e) {
      throw serverFailed(e);
    } catch (JobException e) {
      if (e.reason() != RestoreReason.COPY_BEGUN) { // that the account is gone
        throw e;
      }
    }
  }

  private record JoinedServer(RestoreServer server, MariaDbConnector connector)
      implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      server.close();
    }
  }

  private JoinedServer join(Scratch scratch)
      throws IOException, InterruptedException, SQLException {
    String password =
        scratch
            .read(Scratch.Note.PASSWORD)
            .orElseThrow(
                () ->
                    JobException.failed(
                        RestoreReason.COPY_BEGUN,
                        "the scratch folder is empty, so the copy is of another pod",
                        "restore-job pitr and clone make a new copy by themselves"));
    MariaDbConnector connector =
        RestoreServer.connector(settings.host(), settings.port(), password);
    try (Phase _ = run.report().phase("recover")) {
      RestoreServer server = new ServerStart(settings.startTimeout(), run.stop()).await(connector);
      Optional<String> token = scratch.read(Scratch.Note.TOKEN);
      if (token.isPresent() && !server.token().equals(token.get())) {
        server.close();
        throw serverDied("it was started again");
      }
      if (token.isEmpty()) {
        scratch.write(Scratch.Note.TOKEN, "DO " + run.id());
        server.setToken("DO " + run.id());
      }
      return new JoinedServer(server, connector);
    }
  }

  private Conclusion restore(
      RestoreSource source,
      RecoveredCopy copy,
      CopyOptions options,
      JoinedServer joined,
      Histories histories)
      throws IOException, InterruptedException, SQLException {
    RestoreServer server = joined.server();
    Scratch scratch = options.scratch();
    GtidState start = recoveredState(source, scratch, joined);
    GtidState reached = start;
    Optional<String> replayed = scratch.read(Scratch.Note.REPLAYED);
    if (replayed.isPresent()) {
      reached = GtidState.parse(replayed.get()); // what is left is to finish it
    } else if (source.plan().isPresent()) {
      PlanDocument plan = source.plan().get();
      List<ArchivedLog> logs = PlannedLogs.of(plan, histories);
      Replay replay =
          new Replay(
              server,
              plan,
              logs,
              scratch,
              settings.batchSize(),
              new LogReader(store, documents),
              serverId(source),
              run);
      warnOfTimeZone(source, server);
      try (Phase _ = run.report().phase("replay")) {
        reached = replay.run(start);
      }
    }
    // From here on the server forgets what it has applied, and nothing may be applied again.
    scratch.write(Scratch.Note.REPLAYED, reached.toString());
    return finish(source, copy, options, joined, histories, reached);
  }

  /// As it was read from the files, or, where those are encrypted, as the server reads them.
  private GtidState recoveredState(RestoreSource source, Scratch scratch, JoinedServer joined)
      throws IOException, SQLException {
    String noted = scratch.read(Scratch.Note.RECOVERED_STATE).orElse("");
    String log = scratch.read(Scratch.Note.ENCRYPTED_LOG).orElse("");
    if (!noted.isEmpty() || log.isEmpty()) {
      return GtidState.parse(noted);
    }
    LogEndOfServer end = LogEndOfServer.read(joined.connector(), log);
    Optional<GtidState> recorded = source.recordedState();
    if (recorded.isPresent() && !recorded.get().equals(end.state())) {
      throw JobException.refused(
          RestoreReason.COPY_DIFFERS,
          "the data of the copy end at '%s', and snapshot %s says '%s'"
              .formatted(end.state(), source.entry().snapshot().name(), recorded.get()),
          "take another snapshot: restore-job windows shows them");
    }
    if (source.plan().isPresent()) {
      requireSameHead(source.plan().get(), log, joined.connector());
    }
    scratch.write(Scratch.Note.RECOVERED_STATE, end.state().toString());
    return end.state();
  }

  private void requireSameHead(PlanDocument plan, String log, MariaDbConnector connector)
      throws IOException, SQLException {
    LogHead head = BinlogDump.head(connector, log);
    ArchivedLog first = new PlannedLogs(store, documents).read(plan).getFirst();
    if (!head.fingerprint().equals(first.content().head())) {
      throw JobException.refused(
          RestoreReason.COPY_DIFFERS,
          "the log %s of the copy is not the one of timeline %s: it begins differently"
              .formatted(log, plan.timeline()),
          "take another snapshot: restore-job windows shows them");
    }
  }

  private Conclusion finish(
      RestoreSource source,
      RecoveredCopy copy,
      CopyOptions options,
      JoinedServer joined,
      Histories histories,
      GtidState reached)
      throws IOException, SQLException {
    RestoreServer server = joined.server();
    Validation.Result result;
    try (Phase _ = run.report().phase("validate")) {
      result = new Validation(server).run(settings.checkBudget());
    }
    result.odd().forEach(run.report()::warn);
    if (!result.wrong().isEmpty()) {
      throw JobException.refused(
          RestoreReason.DATA_DAMAGED,
          "the data were restored and are not whole: " + String.join("; ", result.wrong()),
          "take an older snapshot: a damaged table of the source is damaged in its copies");
    }
    GtidState history = GtidState.EMPTY;
    try (Phase _ = run.report().phase("finish")) {
      run.stop().throwIfRequested();
      server.forgetReplay();
      List<GtidState> known = new ArrayList<>(NewHistory.archived(histories));
      documents.histories().forEach(other -> known.add(other.start()));
      history = NewHistory.behind(reached, known, serverId(source));
      server.beginHistory(history);
      record(source, options, joined, histories, reached, history);
      server.becomeDurable();
      String folder = options.scratch().read(Scratch.Note.LOG_FOLDER).orElse("");
      if (!folder.isEmpty()) {
        copy.nameLogs(folder);
      }
      List<String> forgotten = copy.forgetReplication();
      if (!forgotten.isEmpty()) {
        run.report()
            .warn(
                "the source was a replica; what makes a server go on replicating is removed: "
                    + String.join(", ", forgotten));
      }
    }
    String message = "%s; the data are at '%s'".formatted(result, reached.position());
    copy.write(
        new CopyMarker(
            options.id(),
            source.entry().snapshot().uid(),
            CopyMarker.State.READY,
            run.clock().instant(),
            reached.position().toString(),
            history.toString(),
            message));
    server.dropAccount();
    run.report().position("gtid_reached", reached.position().toString());
    run.report().position("gtid_binlog_state", history.toString());
    LOG.atInfo().addKeyValue("gtid_reached", reached.position().toString()).log("restored");
    return Conclusion.done("restored", RestoreReason.RESTORED, message);
  }

  /// Of the server as it will run.
  private static long serverId(RestoreSource source) {
    return Long.parseLong(ServerArguments.settings(source.entry()).getOrDefault("server_id", "1"));
  }

  /// What a statement that was logged as such makes of a time depends on it.
  private void warnOfTimeZone(RestoreSource source, RestoreServer server) throws SQLException {
    String own = server.ask("SELECT @@GLOBAL.system_time_zone");
    String recorded =
        ServerArguments.settings(source.entry()).getOrDefault("system_time_zone", own);
    if (!server.systemTimeZones().contains(recorded)) {
      run.report()
          .warn(
              "the system time zone of the source is %s, and here it is %s: statements that were logged as such may give other times. Give the source's container mariadb the variable TZ: what it is at the next snapshot, a restore from that has too"
                  .formatted(recorded, own));
    }
  }

  /// Lets the archiver know the history again. That of a copy that is in no archive comes from
  /// nowhere.
  private void record(
      RestoreSource source,
      CopyOptions options,
      JoinedServer joined,
      Histories histories,
      GtidState reached,
      GtidState start)
      throws SQLException, IOException {
    Optional<TimelineId> parent =
        source
            .plan()
            .map(PlanDocument::timeline)
            .or(() -> Bases.timeline(source.entry(), histories.chains()));
    if (parent.isEmpty()) {
      return;
    }
    LogName lastLog =
        source
            .plan()
            .map(PlanDocument::lastLog)
            .orElseGet(() -> source.entry().place().orElseThrow().log());
    String firstLog = joined.server().firstLog();
    RestoredHistory history =
        new RestoredHistory(
            instance,
            options.id(),
            new Timeline.Fork(parent.get(), reached, lastLog),
            start,
            new LogName(firstLog),
            BinlogDump.head(joined.connector(), firstLog).fingerprint());
    ObjectKey key = documents.key(RestoreHistory.of(history));
    switch (store.putOrCompare(key, history.json(), WriteOptions.JSON)) {
      case CompareResult.Created _, CompareResult.Same _ -> {}
      case CompareResult.Conflict _ ->
          throw JobException.refused(
              RestoreReason.ARCHIVE_DAMAGED,
              "something else lies at " + key,
              "look who has put it there, and take another --restore-id");
    }
  }

  private static JobException serverFailed(SQLException e) {
    boolean lost = String.valueOf(e.getSQLState()).startsWith("08");
    return lost
        ? serverDied(String.valueOf(e.getMessage()))
        : JobException.refused(
            RestoreReason.REPLAY_FAILED,
            "the server refused a statement of the restore: " + e.getMessage(),
            SEE_SERVER_LOG,
            e);
  }

  static JobException serverDied(String how) {
    return JobException.failed(
        RestoreReason.SERVER_DIED,
        "the server of the restore has ended, and its data are of no more use: " + how,
        "restore-job pitr and clone make a new copy by themselves; see the log of the container"
            + " mariadb if it happens again");
  }

  /// What the positions must be.
  static void requirePosition(GtidPosition found, GtidPosition expected, String where) {
    if (!found.equals(expected)) {
      throw JobException.refused(
          RestoreReason.REPLAY_FAILED,
          "%s the server is at '%s', and must be at '%s'".formatted(where, found, expected),
          SEE_SERVER_LOG + ". Please report this with them");
    }
  }
}
