package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import dev.snapshotjobs.common.bucket.HistoryReader;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.report.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One run of `status`: reads, and tells. It needs the right to list and read the bucket, and
/// changes nothing.
final class StatusJob {
  private final String instance;
  private final OutputFormat output;
  private final Optional<MariaDbConnector> connector;
  private final ObjectStore store;
  private final Run run;

  StatusJob(
      String instance,
      OutputFormat output,
      Optional<MariaDbConnector> connector,
      ObjectStore store,
      Run run) {
    this.instance = instance;
    this.output = output;
    this.connector = connector;
    this.store = store;
    this.run = run;
  }

  Conclusion execute() {
    ArchiveStatus status = gather();
    run.out().print(new StatusText(status).in(output));
    return Conclusion.done("reported", ArchiverReason.REPORTED, message(status));
  }

  private ArchiveStatus gather() {
    HistoryReader reader = new HistoryReader(store, instance);
    Histories histories;
    List<RecoverableWindow> windows = new ArrayList<>();
    List<Damage> damages;
    try (Phase _ = run.report().phase("read-archive")) {
      histories = reader.read();
      damages = new ArrayList<>(histories.damages());
      for (Chain chain : histories.chains()) {
        run.stop().throwIfRequested();
        windows.add(RecoverableWindow.of(chain, reader.caughtUp(chain, damages)));
      }
    }
    Optional<ServerStatus> server = server(histories);
    // Not before the server was asked: what it says of the archive is true of a moment until then.
    return new ArchiveStatus(instance, run.clock().instant(), histories, windows, damages, server);
  }

  /// A server that is down is when the archive is looked at: that must not keep it from being told.
  private Optional<ServerStatus> server(Histories histories) {
    if (connector.isEmpty()) {
      return Optional.empty();
    }
    try (Phase _ = run.report().phase("ask-server")) {
      return Optional.of(
          ServerStatus.read(connector.get(), new BucketArchive(store, instance), histories));
    } catch (SQLException | IOException | UncheckedIOException e) {
      run.report().warn("the server could not be held against the archive: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static String message(ArchiveStatus status) {
    String rpo =
        status.rpo().map(duration -> "RPO " + duration.toSeconds() + " s").orElse("RPO unknown");
    return "%d timelines, %d recoverable windows, %d unexplained breaks, %d damages; %s"
        .formatted(
            status.histories().all().size(),
            status.windows().size(),
            status.losses(),
            status.damages().size(),
            rpo);
  }
}
