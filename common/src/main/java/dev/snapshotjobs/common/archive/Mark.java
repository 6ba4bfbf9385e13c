package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidPosition;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// How far into a log the archiver had read at one moment of its own clock. What lies before the
/// offset was logged by then. What lies behind it was logged later only if the archiver had caught
/// up: events carry the time of their statement's beginning, so no event can say that of itself.
///
/// @param position the last GTID of each domain there
/// @param caughtUp the offset was the server's own end at that moment, read on another connection
public record Mark(Instant at, long offset, GtidPosition position, boolean caughtUp) {
  public Mark {
    if (offset < 0) {
      throw new IllegalArgumentException("no mark is at offset " + offset);
    }
    if (position.toString().length() > ArchiveLimits.GTIDS) {
      throw new IllegalArgumentException(
          "a position has at most " + ArchiveLimits.GTIDS + " characters");
    }
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("at", at.toString());
    fields.put("offset", offset);
    fields.put("position", position.toString());
    fields.put("caughtUp", caughtUp);
    return fields;
  }

  static Mark of(Fields in) throws ArchiveFormatException {
    Instant at = in.instant("at");
    long offset = in.count("offset");
    GtidPosition position = in.value("position", ArchiveLimits.GTIDS, GtidPosition::parse);
    boolean caughtUp = in.flag("caughtUp");
    return in.made(() -> new Mark(at, offset, position, caughtUp));
  }
}
