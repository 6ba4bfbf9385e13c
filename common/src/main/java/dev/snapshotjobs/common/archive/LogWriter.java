package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.LogScan;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/// Writes a whole log: takes its plain bytes, checks every event, compresses them, and knows at the
/// end what its index and its manifest have to say. Needs the same memory for a log of any size.
/// Does not close the stream. Not for several threads.
public final class LogWriter implements AutoCloseable {
  private final DigestingStream object;
  private final LogIndexBuilder index = new LogIndexBuilder();
  private final FrameWriter frames;
  private final LogScan scan = new LogScan(0, this::on);

  /// What is to be written next to the log.
  public record Written(LogSummary content, StoredObject object, LogIndex index) {
    public Manifest manifest(
        String instance, TimelineId timeline, LogName log, long sizeOnServer, Instant archivedAt) {
      return new Manifest(
          instance,
          timeline,
          log,
          content,
          sizeOnServer,
          object,
          index.frames().size(),
          archivedAt);
    }
  }

  public LogWriter(OutputStream object) {
    this.object = new DigestingStream(object);
    this.frames = new FrameWriter(this.object, 0, (_, _, _) -> {}, index::add);
  }

  public void accept(byte[] bytes, int from, int length) throws IOException {
    frames.accept(bytes, from, length);
    scan.accept(bytes, from, length);
  }

  /// Up to where the log was read in whole events.
  public long offset() {
    return scan.offset();
  }

  /// What was found up to here. Fails inside of an event.
  public LogSummary summary() throws IOException {
    return scan.summary();
  }

  /// Says that the log is complete. Fails inside of an event.
  public Written finish(Marks marks) throws IOException {
    LogSummary summary = scan.summary();
    frames.finish();
    return new Written(summary, object.written(), index.build(marks));
  }

  @Override
  public void close() {
    frames.close();
  }

  private void on(Event event, Progress progress) {
    index.add(event);
    frames.eventEndsAt(event.header().end());
  }
}
