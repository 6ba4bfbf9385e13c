package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ChunkWriter;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.objects.CompareResult;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Writes chunks of the log that the server is still writing. Two archivers may do so at once:
/// their chunks lie over each other, and whoever reads them takes those that reach furthest.
final class TailArchiving {
  private final ArchiveSettings settings;
  private final LogReading reading;
  private final ObjectStore store;
  private final BucketArchive archive;
  private final Run run;

  TailArchiving(
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

  /// Where a server stood at a moment of the archiver's clock, asked on another connection than the
  /// one that reads.
  record ServerEnd(Instant at, BinlogCoordinates coordinates) {}

  /// How far the log is archived now.
  ///
  /// @param rotated the server has begun another log: this one can be sealed
  /// @param largeEventLeft an event has to wait until the log is sealed
  record Reached(LogSummary content, boolean rotated, boolean largeEventLeft) {}

  /// Fails by a [DifferenceException] where what is archived is not the log's beginning.
  Reached archive(TimelineId timeline, ServerEnd server)
      throws SQLException, IOException, InterruptedException, DifferenceException {
    LogName log = new LogName(server.coordinates().file());
    TailPrefix archived = archive.tail(timeline, log);
    TailSink sink =
        new TailSink(
            log.text(), archived, server.coordinates(), new Writing(timeline, log, server));
    Optional<String> damage = reading.read(log, sink);
    if (damage.isPresent()) {
      throw new IOException(damage.get());
    }
    sink.cut();
    Optional<String> difference = sink.difference();
    if (difference.isPresent()) {
      throw new DifferenceException(new Place.Why.ArchivedDiffers(log.text(), difference.get()));
    }
    return new Reached(sink.read(), sink.rotated(), sink.leftALargeEvent());
  }

  /// Puts chunks into the bucket, the first that reaches so far with the mark of this reading.
  private final class Writing implements TailSink.Chunks {
    private final TimelineId timeline;
    private final LogName log;
    private final ServerEnd server;
    private boolean marked;

    Writing(TimelineId timeline, LogName log, ServerEnd server) {
      this.timeline = timeline;
      this.log = log;
      this.server = server;
    }

    @Override
    public void add(ChunkWriter.Written chunk, byte[] packed, Optional<GtidState> atServerEnd) {
      TailChunk document =
          chunk.document(
              settings.instance(), timeline, log, marks(chunk, atServerEnd), run.clock().instant());
      ObjectKey data = archive.key(new OfChunk(timeline, log, chunk.range(), ChunkPart.DATA));
      switch (store.putOrCompare(data, packed, WriteOptions.BINARY)) {
        case CompareResult.Created _, CompareResult.Same _ -> {}
        case CompareResult.Conflict _ -> throw Sealing.differs(data);
      }
      ObjectKey key = archive.key(new OfChunk(timeline, log, chunk.range(), ChunkPart.DOCUMENT));
      switch (store.putIfAbsent(key, document.json(), WriteOptions.JSON)) {
        // Where one is already, another archiver was faster; the data are the same.
        case WriteResult.Created _, WriteResult.Exists _ -> {}
      }
    }

    /// The first chunk that reaches so far says where the server stood when it was asked.
    private Marks marks(ChunkWriter.Written chunk, Optional<GtidState> atServerEnd) {
      long offset = server.coordinates().offset();
      if (marked || atServerEnd.isEmpty() || offset < chunk.range().from()) {
        return Marks.NONE;
      }
      marked = true;
      return new Marks(List.of(new Mark(server.at(), offset, atServerEnd.get().position(), true)));
    }
  }
}
