package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A server's logs as a timeline of the archive and the server itself know them.
final class ArchivedLogs implements PurgeEvidence {
  private final Map<String, Manifest> manifests = new HashMap<>();
  private final BucketArchive archive;
  private final TimelineId timeline;
  private final Beginnings beginnings;
  private final List<BinlogFile> logs;

  ArchivedLogs(
      BucketArchive archive, TimelineId timeline, Beginnings beginnings, List<BinlogFile> logs) {
    this.archive = archive;
    this.timeline = timeline;
    this.beginnings = beginnings;
    this.logs = List.copyOf(logs);
  }

  @Override
  public Optional<Archived> archived(String log) {
    Optional<Manifest> found = archive.manifest(timeline, new LogName(log));
    found.ifPresent(manifest -> manifests.put(log, manifest));
    return found.map(
        manifest ->
            new Archived(
                manifest.content().head(),
                manifest.content().size(),
                manifest.sizeOnServer(),
                manifest.content().end()));
  }

  /// Of a log that was asked for before, and is archived.
  Manifest manifest(BinlogFile log) {
    Manifest found = manifests.get(log.name());
    if (found == null) {
      throw new IllegalStateException("the manifest of " + log.name() + " was not looked at");
    }
    return found;
  }

  @Override
  public LogBeginning beginning(String log) throws SQLException, IOException {
    return beginnings.beginning(log);
  }

  @Override
  public Set<String> complete() {
    return archive.complete(timeline, logs);
  }
}
