package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.bucket.LogReader;
import dev.snapshotjobs.common.job.StopSignal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Brings the logs of a plan to the scratch folder, piece by piece, while the server applies those
/// before; never more than a few pieces ahead.
final class RelayLogFeed implements AutoCloseable {
  private static final int AHEAD = 2;

  /// What comes out at the other end.
  sealed interface Item {
    /// A piece is in its place.
    ///
    /// @param ignored the tables that the server must ignore from here on
    record Arrived(RelayLog relayLog, List<String> ignored) implements Item {}

    /// There are no more.
    ///
    /// @param state where the logs of the plan end
    record End(GtidState state) implements Item {}

    record Failed(Exception cause) implements Item {}
  }

  private final List<ArchivedLog> logs;
  private final PlanDocument plan;
  private final Optional<GtidState> startAt;
  private final long pieceSize;
  private final RelayLogFolder folder;
  private final Following statements;
  private final LogReader reader;
  private final StopSignal stop;
  private final int written;
  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread;
  private int number;

  /// @param startAt empty if the replay begins with the first byte
  /// @param written so many pieces were brought by an earlier run, and are not written again
  RelayLogFeed(
      PlanDocument plan,
      List<ArchivedLog> logs,
      Optional<GtidState> startAt,
      long pieceSize,
      RelayLogFolder folder,
      Following statements,
      LogReader reader,
      StopSignal stop,
      int written) {
    this.plan = plan;
    this.logs = logs;
    this.startAt = startAt;
    this.pieceSize = pieceSize;
    this.folder = folder;
    this.statements = statements;
    this.reader = reader;
    this.stop = stop;
    this.written = written;
    this.thread = new Thread(this::feed, "relay-log-feed");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  Item next() throws InterruptedException {
    return items.take();
  }

  /// More than there can be: each but the last one of a log is at least so large.
  static int most(List<ArchivedLog> logs, long pieceSize) {
    return logs.stream()
        .mapToInt(log -> Math.toIntExact(Math.ceilDiv(log.content().size(), pieceSize)) + 1)
        .sum();
  }

  private void feed() {
    try {
      items.put(new Item.End(readAll()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody waits for more
    } catch (IOException | RuntimeException e) {
      offer(e);
    }
  }

  private void offer(Exception cause) {
    try {
      items.put(new Item.Failed(cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private GtidState readAll() throws IOException {
    RelayLogWriter.Progressed progressed = new RelayLogWriter.Progressed(0, 0);
    Optional<GtidState> from = startAt;
    @Nullable GtidState end = null;
    for (ArchivedLog log : logs) {
      boolean last = log.log().equals(plan.lastLog());
      if (last && plan.offset() == 0) { // nothing of it: the plan ends where it begins
        end = log.content().start();
        from = from.filter(state -> !state.equals(log.content().start()));
        break;
      }
      RelayLogWriter writer =
          new RelayLogWriter(
              log.log().text(),
              from,
              last ? plan.offset() : Long.MAX_VALUE,
              pieceSize,
              folder,
              new Queued(),
              statements,
              progressed);
      try {
        reader.read(
            log,
            new LogReader.Sink() {
              @Override
              public void accept(byte[] bytes, int first, int length) throws IOException {
                stop.throwIfRequested();
                writer.accept(bytes, first, length);
              }

              @Override
              public boolean wantsMore() {
                return writer.wantsMore();
              }
            });
        progressed = writer.end();
      } finally {
        writer.abandon();
      }
      if (writer.begun()) {
        from = Optional.empty();
      }
      end = writer.state();
    }
    if (from.isPresent()) {
      throw new IOException(
          "the logs of the plan are nowhere in the state '%s', in which the data of the copy are"
              .formatted(from.get()));
    }
    if (end == null || !end.equals(plan.end())) {
      throw new IOException(
          "the logs of the plan end in '%s', and the plan in '%s'".formatted(end, plan.end()));
    }
    return end;
  }

  /// Waits with what is done until somebody takes it: so the folder never has much.
  private final class Queued implements RelayLogWriter.Pieces {
    @Override
    public RelayLogWriter.Piece next() {
      number++;
      return new RelayLogWriter.Piece(number, number > written);
    }

    @Override
    public void done(RelayLogWriter.Piece piece, RelayLog relayLog) throws IOException {
      try {
        items.put(new Item.Arrived(relayLog, statements.ignored().all()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("nobody waits for more relay logs");
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
