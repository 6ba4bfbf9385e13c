package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.LogIndex;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.LogWriter;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.objects.CompareResult;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.ObjectUpload;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// Archives closed logs: reads each again from its first byte, checks every event, writes data,
/// index and, last, the manifest. Until that stands the log is not archived, and whatever lies
/// there is written again.
final class Sealing {
  private final ArchiveSettings settings;
  private final LogReading reading;
  private final ObjectStore store;
  private final BucketArchive archive;
  private final Run run;

  Sealing(
      ArchiveSettings settings,
      LogReading reading,
      ObjectStore store,
      BucketArchive archive,
      Run run) {
    this.settings = settings;
    this.reading = reading;
    this.store = store;
    this.archive = archive;
    this.run = run;
  }

  /// A log that is archived now.
  ///
  /// @param damage what of it the server could not read; empty for all
  record Sealed(Manifest manifest, Optional<String> damage) {}

  /// Fails by a [DifferenceException] where the chunks of the log are not its beginning.
  Sealed seal(TimelineId timeline, BinlogFile file)
      throws SQLException, IOException, InterruptedException, DifferenceException {
    LogName log = new LogName(file.name());
    TailPrefix archived = archive.tail(timeline, log);
    PrefixCheck check = new PrefixCheck(archived);
    Instant now = run.clock().instant();
    WriteOptions locked = locked(WriteOptions.BINARY, now);
    ObjectKey data = archive.key(new OfLog(timeline, log, LogPart.DATA));
    try (ObjectUpload upload = store.upload(data, locked);
        LogWriter writer = new LogWriter(upload)) {
      Optional<String> damage = reading.read(log, new SealingSink(log.text(), writer, check));
      Optional<String> difference = check.differenceAtTheEnd();
      if (difference.isPresent()) {
        throw new DifferenceException(new Place.Why.ArchivedDiffers(log.text(), difference.get()));
      }
      LogWriter.Written written = writer.finish(archived.marks());
      complete(upload, data);
      putIndex(timeline, log, written.index(), locked);
      Manifest manifest = written.manifest(settings.instance(), timeline, log, file.size(), now);
      Manifest standing = putManifest(manifest, locked(WriteOptions.JSON, now));
      archive.removeTail(timeline, log);
      return new Sealed(standing, damage);
    }
  }

  private WriteOptions locked(WriteOptions options, Instant now) {
    return settings.locking().applyTo(options, now);
  }

  private void complete(ObjectUpload upload, ObjectKey key) {
    switch (upload.complete()) {
      case WriteResult.Created _ -> {}
      // Of a run that was killed before it came to the manifest.
      case WriteResult.Exists(var found) -> {
        if (!store.holds(found, upload.content())) {
          throw differs(key);
        }
      }
    }
  }

  /// One of an earlier attempt may have other marks; what counts is where it leads to.
  private void putIndex(TimelineId timeline, LogName log, LogIndex index, WriteOptions options)
      throws IOException {
    ObjectKey key = archive.key(new OfLog(timeline, log, LogPart.INDEX));
    switch (store.putOrCompare(key, index.packed(), options)) {
      case CompareResult.Created _, CompareResult.Same _ -> {}
      case CompareResult.Conflict _ -> {
        if (!archive
            .index(timeline, log)
            .map(LogIndex::frames)
            .equals(Optional.of(index.frames()))) {
          throw differs(key);
        }
      }
    }
  }

  private Manifest putManifest(Manifest manifest, WriteOptions options) {
    OfLog object = new OfLog(manifest.timeline(), manifest.log(), LogPart.MANIFEST);
    return switch (store.putIfAbsent(archive.key(object), manifest.json(), options)) {
      case WriteResult.Created _ -> manifest;
      // Another archiver was faster.
      case WriteResult.Exists _ ->
          archive
              .manifest(manifest.timeline(), manifest.log())
              .filter(found -> found.content().sha256().equals(manifest.content().sha256()))
              .orElseThrow(() -> differs(archive.key(object)));
    };
  }

  static JobException differs(ObjectKey key) {
    return JobException.refused(
        ArchiverReason.CONTENT_DIFFERS,
        "something else is in the archive as " + key,
        "find out who wrote it; moved away, it is written again by the next run");
  }
}
