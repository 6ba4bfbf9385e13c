package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.RunningGtidState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Learns the index of a log while it is written. Frames may come long before the events in them,
/// never after the first event behind them. Not for several threads.
final class LogIndexBuilder {
  private final Queue<Frame> written = new ArrayDeque<>();
  private final List<IndexedFrame> done = new ArrayList<>();
  private final RunningGtidState state = new RunningGtidState(GtidState.EMPTY);
  private final Map<Origin, Long> sequences = new HashMap<>();
  private @Nullable GtidState lastStart;
  private GtidState start = GtidState.EMPTY;
  private IndexedFrame.@Nullable Span times;
  private long transactions;
  private boolean ordered = true;
  private boolean begun;

  /// Whose sequence numbers rise, unless somebody sets them.
  private record Origin(long domainId, long serverId) {
    static Origin of(Gtid gtid) {
      return new Origin(gtid.domainId(), gtid.serverId());
    }
  }

  void add(Frame frame) {
    written.add(frame);
  }

  void add(Event event) {
    if (event.body() instanceof EventBody.GtidList list && !begun) {
      begin(list.state());
    }
    if (event.body() instanceof EventBody.GtidBegin begin) {
      finishFramesUpTo(event.header().offset());
      begun = true;
      begins(begin.gtid(), event.header().time());
    }
  }

  LogIndex build(Marks marks) {
    finishFramesUpTo(Long.MAX_VALUE);
    return new LogIndex(done, state.now(), marks);
  }

  private void begin(GtidState listed) {
    start = listed;
    state.reset(listed);
    sequences.clear();
    listed
        .byDomain()
        .values()
        .forEach(
            domain ->
                domain
                    .byServer()
                    .values()
                    .forEach(gtid -> sequences.put(Origin.of(gtid), gtid.sequence())));
  }

  private void begins(Gtid gtid, Instant time) {
    transactions++;
    times = times == null ? new IndexedFrame.Span(time, time) : times.and(time);
    Long last = sequences.put(Origin.of(gtid), gtid.sequence());
    ordered &= last == null || Long.compareUnsigned(last, gtid.sequence()) < 0;
    state.advance(gtid);
  }

  private void finishFramesUpTo(long offset) {
    while (!written.isEmpty() && written.element().end() <= offset) {
      finish(written.remove());
    }
  }

  private void finish(Frame frame) {
    Optional<GtidState> stated = start.equals(lastStart) ? Optional.empty() : Optional.of(start);
    done.add(new IndexedFrame(frame, stated, transactions, ordered, Optional.ofNullable(times)));
    lastStart = start;
    start = state.now();
    transactions = 0;
    times = null;
    ordered = true;
  }
}
