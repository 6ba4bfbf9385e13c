package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.EventHeader;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidFlags;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.XaId;
import java.time.Instant;

/// Events of which an index takes note, made by hand.
record IndexEvents(LogIndexBuilder builder) {
  void list(GtidState state) {
    builder.add(new Event(header(0, Instant.EPOCH), new EventBody.GtidList(state)));
  }

  void begin(long offset, Gtid gtid, Instant time) {
    builder.add(
        new Event(
            header(offset, time),
            new EventBody.GtidBegin(gtid, new GtidFlags(0, 0), 0, XaId.NONE, 0)));
  }

  private static EventHeader header(long offset, Instant time) {
    return new EventHeader(offset, 38, time.getEpochSecond(), EventType.GTID.code(), 1, 0, 0);
  }
}
