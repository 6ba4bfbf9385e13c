package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.Marks;
import dev.snapshotjobs.common.archive.TailPrefix;
import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.binlog.Transaction;
import dev.snapshotjobs.common.binlog.TransactionTracker;
import dev.snapshotjobs.common.bucket.BucketReader;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.job.StopSignal;
import java.io.IOException;

/// A log in the bucket, as a plan reads it.
record ArchivedTransactions(
    ArchivedLog log, BucketReader documents, LogReader logs, StopSignal stop)
    implements ReadableLog {
  /// So much of a statement is shown.
  private static final int STATEMENT = 500;

  @Override
  public LogName name() {
    return log.log();
  }

  @Override
  public GtidState start() {
    return log.content().start();
  }

  @Override
  public GtidState end() {
    return log.content().end();
  }

  /// Without its index a log has none that are known, and times have to do.
  @Override
  public Marks marks() throws UnreadableLogException {
    try {
      return switch (log) {
        case ArchivedLog.Open(TailPrefix tail) -> tail.marks();
        case ArchivedLog.Sealed(Manifest manifest) ->
            documents
                .index(manifest.timeline(), manifest.log())
                .map(index -> index.marks())
                .orElse(Marks.NONE);
      };
    } catch (IOException e) {
      throw new UnreadableLogException(log, e);
    }
  }

  @Override
  public void read(Reader reader) throws UnreadableLogException {
    try {
      logs.read(log, new Reading(name(), reader, stop));
    } catch (IOException e) {
      throw new UnreadableLogException(log, e);
    }
  }

  /// Takes a log apart until the reader has seen enough.
  private static final class Reading implements LogReader.Sink {
    private final LogName name;
    private final Reader reader;
    private final BinlogParser parser = BinlogParser.fromStart(STATEMENT, this::on);
    private final TransactionTracker tracker = new TransactionTracker();
    private String statement = "";
    private final StopSignal stop;
    private boolean wanted = true;

    Reading(LogName name, Reader reader, StopSignal stop) {
      this.name = name;
      this.reader = reader;
      this.stop = stop;
    }

    @Override
    public void accept(byte[] bytes, int from, int length) throws IOException {
      stop.throwIfRequested();
      if (wanted) {
        parser.accept(bytes, from, length);
      }
    }

    @Override
    public boolean wantsMore() {
      return wanted;
    }

    private void on(Event event) {
      switch (tracker.follow(event)) {
        case Progress.Outside() -> {}
        case Progress.Begins _ -> statement = "";
        case Progress.Inside _ -> note(event.body());
        case Progress.Ends(Transaction transaction) -> {
          note(event.body());
          if (wanted) {
            wanted = reader.next(new SeenTransaction(name, transaction, statement));
          }
        }
      }
    }

    private void note(EventBody body) {
      if (!statement.isEmpty()) {
        return;
      }
      switch (body) {
        case EventBody.Query query -> {
          if (SqlStatement.read(query).kind().isPresent()) {
            statement = query.statement();
          }
        }
        case EventBody.AnnotateRows rows -> statement = rows.statement();
        default -> {} // has no text
      }
    }
  }
}
