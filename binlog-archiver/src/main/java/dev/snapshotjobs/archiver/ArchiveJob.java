package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.DatabaseFailures;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.ConditionalWrites;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.ObjectStoreFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of `archive`: gather, plan, show, act, report.
final class ArchiveJob {
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);
  private static final Duration ORPHANS = Duration.ofDays(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveJob.class);

  private final ArchiveSettings settings;
  private final MariaDbConnector connector;
  private final ObjectStore store;
  private final Upkeep upkeep;
  private final Run run;

  ArchiveJob(
      ArchiveSettings settings,
      Upkeep upkeep,
      MariaDbConnector connector,
      ObjectStore store,
      Run run) {
    this.settings = settings;
    this.upkeep = upkeep;
    this.connector = connector;
    this.store = store;
    this.run = run;
  }

  Conclusion execute() throws InterruptedException {
    if (!settings.dryRun()) {
      requireConditionalWrites();
    }
    Optional<Following> following =
        settings
            .follow()
            .map(by -> new Following(run.clock().instant().plus(by.time()), by.interval()));
    Result result = new Result();
    int attempts = 0;
    while (true) {
      Instant began = run.clock().instant();
      try {
        return session(following, result, attempts == 0);
      } catch (JobException e) {
        Instant now = run.clock().instant();
        attempts = Duration.between(began, now).compareTo(LONGEST_PAUSE) > 0 ? 1 : attempts + 1;
        Duration pause = pause(attempts);
        if (e.exit() != ExitCode.FAILED
            || following.filter(by -> by.until().isAfter(now.plus(pause))).isEmpty()) {
          throw e;
        }
        LOG.atWarn()
            .addKeyValue("why", e.getMessage())
            .addKeyValue("pause_ms", pause.toMillis())
            .log("the following was interrupted and begins again");
        run.stop().pause(pause);
      }
    }
  }

  private static Duration pause(int attempts) {
    Duration pause = Duration.ofSeconds(1L << Math.min(attempts - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /// What is done with one connection to the server.
  private Conclusion session(Optional<Following> following, Result result, boolean first)
      throws InterruptedException {
    try (Connection control = connector.open(LONGEST_ANSWER)) {
      ServerFacts facts = ServerFacts.read(control);
      if (!facts.logs()) {
        throw JobException.refused(
            ArchiverReason.NO_BINARY_LOG,
            "log_bin=OFF: there is nothing to archive",
            "start the server with --log-bin=mysql-bin; without it nothing is recovered that came"
                + " after the last snapshot");
      }
      upkeep.requireRights(control, facts);
      if (first) {
        facts.risks(settings.encryptedAtRest()).forEach(run.report()::warn);
      }
      if (!settings.dryRun() && !ArchiverLock.take(control)) {
        return anotherArchiver(control, first);
      }
      Archiving archiving = new Archiving(settings, connector, control, store, run, facts, result);
      ServerUpkeep server =
          new ServerUpkeep(
              upkeep,
              new ServerSession(facts, control, connector),
              new BucketArchive(store, settings.instance()),
              run);
      if (settings.dryRun()) {
        return server.planned(archiving.planned());
      }
      server.before();
      Conclusion conclusion = archiving.toTheEnd(following);
      removeOrphans();
      return server.after(conclusion);
    } catch (UncheckedIOException e) {
      throw Unreadable.of(e);
    } catch (IOException e) {
      throw Unreadable.of(e);
    } catch (ObjectStoreFailure failure) {
      throw failure.toJobException();
    } catch (SQLException failure) {
      throw new DatabaseFailures(
              connector.user(), ArchiverReason.ACCESS_DENIED, ArchiverReason.DATABASE_UNREACHABLE)
          .of(failure);
    }
  }

  private static Conclusion anotherArchiver(Connection control, boolean first) throws SQLException {
    String message = "another archiver is at work: " + ArchiverLock.holder(control);
    if (first) {
      return Conclusion.done("nothing-to-do", ArchiverReason.ANOTHER_ARCHIVER, message);
    }
    // It may be our own connection, of which the server has not noticed that it is gone.
    throw JobException.failed(ArchiverReason.ANOTHER_ARCHIVER, message, "see what holds the lock");
  }

  private void requireConditionalWrites() {
    switch (store.probeConditionalWrites()) {
      case ConditionalWrites.Honoured() -> {}
      case ConditionalWrites.Ignored(String what) when settings.allowOverwrites() ->
          run.report().warn("the store does not honour conditional writes: " + what);
      case ConditionalWrites.Ignored(String what) ->
          throw JobException.refused(
              ArchiverReason.OVERWRITES,
              "the store does not honour conditional writes: " + what,
              "use a store that does; or ALLOW_OVERWRITES=true, if no second archiver can run");
    }
  }

  /// Parts of uploads that no run will ever complete.
  private void removeOrphans() {
    var removed =
        store.abortOrphans(settings.instance() + "/binlogs/", ORPHANS, run.clock().instant());
    if (!removed.isEmpty()) {
      run.report().warn("unfinished uploads of dead runs were removed: " + removed.size());
    }
  }
}
