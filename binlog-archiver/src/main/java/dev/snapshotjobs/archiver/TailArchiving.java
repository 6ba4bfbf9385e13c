package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchiveObject.ChunkPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ChunkRange;
import dev.snapshotjobs.common.archive.ChunkWriter;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Mark;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.TailChunk;
import dev.snapshotjobs.common.archive.TailMark;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.job.JobException;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.objects.CompareResult;
import dev.snapshotjobs.common.objects.ObjectKey;
import dev.snapshotjobs.common.objects.ObjectStore;
import dev.snapshotjobs.common.objects.ObjectUpload;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes chunks of the log that the server is still writing. Two archivers may do so at once:
/// their chunks lie over each other, and whoever reads them takes those that reach furthest.
final class TailArchiving {
  private final ArchiveSettings settings;
  private final LogReading reading;
  private final ObjectStore store;
  private final BucketArchive archive;
  private final Connection control;
  private final Run run;

  TailArchiving(
      ArchiveSettings settings,
      Connection control,
      LogReading reading,
      ObjectStore store,
      BucketArchive archive,
      Run run) {
    this.settings = settings;
    this.control = control;
    this.reading = reading;
    this.store = store;
    this.archive = archive;
    this.run = run;
  }

  /// How far the log is archived now.
  ///
  /// @param rotated the server has begun another log: this one can be sealed
  /// @param contradiction why this is not the log that the server writes
  /// @param caughtUp the last moment of which it is known that all that was logged by then is
  ///   archived
  record Reached(
      LogSummary content,
      boolean rotated,
      Optional<String> contradiction,
      Optional<Mark> caughtUp) {}

  /// Fails by a [DifferenceException] where what is archived is not the log's beginning.
  Reached archive(TimelineId timeline, ServerEnd before, Optional<Following> following)
      throws SQLException, IOException, InterruptedException, DifferenceException {
    LogName log = new LogName(before.coordinates().file());
    TailPrefix archived = archive.tail(timeline, log);
    Writing writing = new Writing(timeline, log, archived.tailMarks());
    try (TailSink sink =
        new TailSink(archived, before, following, this::serverEnd, writing, run.clock())) {
      Optional<String> damage =
          following.isPresent() ? reading.follow(log, sink) : reading.read(log, sink);
      if (damage.isPresent()) {
        throw JobException.failed(
            ArchiverReason.DAMAGED, damage.get(), "look at the server's error log and its disk");
      }
      Optional<String> difference = sink.end();
      if (difference.isPresent()) {
        throw new DifferenceException(new Place.Why.ArchivedDiffers(log.text(), difference.get()));
      }
      return new Reached(sink.read(), sink.rotated(), sink.contradiction(), sink.lastCaughtUp());
    } catch (ServerEnd.NotTold e) {
      throw e.answer();
    }
  }

  private ServerEnd serverEnd() throws ServerEnd.NotTold {
    return ServerEnd.askWhileReading(control, run.clock());
  }

  /// Puts chunks and marks of one log into the bucket.
  private final class Writing implements TailSink.Chunks {
    private final TimelineId timeline;
    private final LogName log;
    private List<TailMark> marks;

    /// @param marks those that lie there by themselves
    Writing(TimelineId timeline, LogName log, List<TailMark> marks) {
      this.timeline = timeline;
      this.log = log;
      this.marks = marks;
    }

    @Override
    public TailSink.OpenChunk begin(@Nullable LogSummary before) {
      return new Held(before);
    }

    @Override
    public TailSink.OpenChunk beginLarge(LogSummary before, ChunkRange range) {
      return new Sent(before, range);
    }

    /// Of several at one offset the last one says most: the first is in the chunk that ends there.
    @Override
    public void mark(LogSummary archived, Mark mark) {
      TailMark object = TailMark.of(settings.instance(), timeline, log, archived, mark);
      switch (store.putIfAbsent(archive.key(object.object()), object.json(), WriteOptions.JSON)) {
        case WriteResult.Created _, WriteResult.Exists _ -> {}
      }
      replaceMarks(mark.offset(), List.of(object));
    }

    private void replaceMarks(long offset, List<TailMark> by) {
      List<TailMark> kept = new ArrayList<>(by);
      for (TailMark mark : marks) {
        if (mark.mark().offset() == offset && !by.contains(mark)) {
          store.delete(archive.key(mark.object()));
        } else {
          kept.add(mark);
        }
      }
      marks = kept;
    }

    /// Written last.
    private void document(ChunkWriter.Written chunk, Marks carried) {
      TailChunk document =
          chunk.document(settings.instance(), timeline, log, carried, run.clock().instant());
      ObjectKey key = archive.key(new OfChunk(timeline, log, chunk.range(), ChunkPart.DOCUMENT));
      switch (store.putIfAbsent(key, document.json(), WriteOptions.JSON)) {
        // Where one is already, another archiver was faster; the data are the same.
        case WriteResult.Created _, WriteResult.Exists _ -> {}
      }
      long from = chunk.range().from();
      if (carried.all().stream().anyMatch(mark -> mark.offset() == from)) {
        replaceMarks(from, List.of());
      }
    }

    private ObjectKey data(ChunkRange range) {
      return archive.key(new OfChunk(timeline, log, range, ChunkPart.DATA));
    }

    /// A chunk that is held in memory until it is complete.
    private final class Held implements TailSink.OpenChunk {
      private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
      private final ChunkWriter writer;

      Held(@Nullable LogSummary before) {
        writer = before == null ? ChunkWriter.first(packed) : ChunkWriter.after(before, packed);
      }

      @Override
      public ChunkWriter writer() {
        return writer;
      }

      @Override
      public void end(LogSummary prefix, Marks carried) throws IOException {
        ChunkWriter.Written written = writer.finish(prefix);
        ObjectKey key = data(written.range());
        switch (store.putOrCompare(key, packed.toByteArray(), WriteOptions.BINARY)) {
          case CompareResult.Created _, CompareResult.Same _ -> {}
          case CompareResult.Conflict _ -> throw Sealing.differs(key);
        }
        document(written, carried);
      }

      @Override
      public void close() {
        writer.close();
      }
    }

    /// A chunk that is sent while it is read: it is known where it ends.
    private final class Sent implements TailSink.OpenChunk {
      private final ObjectKey key;
      private final ObjectUpload upload;
      private final ChunkWriter writer;

      Sent(LogSummary before, ChunkRange range) {
        key = data(range);
        upload = store.upload(key, WriteOptions.BINARY);
        writer = ChunkWriter.after(before, upload);
      }

      @Override
      public ChunkWriter writer() {
        return writer;
      }

      @Override
      public void end(LogSummary prefix, Marks carried) throws IOException {
        ChunkWriter.Written written = writer.finish(prefix);
        if (!data(written.range()).equals(key)) {
          throw new IllegalStateException(written.range() + " was to be written as " + key);
        }
        switch (upload.complete()) {
          case WriteResult.Created _ -> {}
          case WriteResult.Exists(var found) -> {
            if (!store.holds(found, upload.content())) {
              throw Sealing.differs(key);
            }
          }
        }
        document(written, carried);
      }

      @Override
      public void close() {
        writer.close();
        upload.close();
      }
    }
  }
}
