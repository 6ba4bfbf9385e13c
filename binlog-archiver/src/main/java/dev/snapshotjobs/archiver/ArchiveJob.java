package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.ConditionalWrites;
import dev.snapshotjobs.common.objects.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// One run of `archive`: gather, plan, show, act, report.
final class ArchiveJob {
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);
  private static final Duration ORPHANS = Duration.ofDays(1);

  private final ArchiveSettings settings;
  private final MariaDbConnector connector;
  private final ObjectStore store;
  private final Run run;

  ArchiveJob(ArchiveSettings settings, MariaDbConnector connector, ObjectStore store, Run run) {
    this.settings = settings;
    this.connector = connector;
    this.store = store;
    this.run = run;
  }

  Conclusion execute() throws SQLException, InterruptedException {
    if (!settings.dryRun()) {
      requireConditionalWrites();
    }
    try (Connection control = connector.open(LONGEST_ANSWER)) {
      ServerFacts facts = ServerFacts.read(control);
      if (!facts.logs()) {
        throw JobException.refused(
            ArchiverReason.NO_BINARY_LOG,
            "log_bin=OFF: there is nothing to archive",
            "start the server with --log-bin=mysql-bin; without it nothing is recovered that came"
                + " after the last snapshot");
      }
      facts.risks(settings.encryptedAtRest()).forEach(run.report()::warn);
      if (!settings.dryRun() && !ArchiverLock.take(control)) {
        return Conclusion.done(
            "nothing-to-do",
            ArchiverReason.ANOTHER_ARCHIVER,
            "another archiver is at work: " + ArchiverLock.holder(control));
      }
      Archiving archiving = new Archiving(settings, connector, control, store, run, facts);
      if (settings.dryRun()) {
        return archiving.planned();
      }
      Conclusion conclusion = archiving.toTheEnd();
      removeOrphans();
      return conclusion;
    } catch (UncheckedIOException e) {
      throw Unreadable.of(e);
    } catch (IOException e) {
      throw Unreadable.of(e);
    }
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
