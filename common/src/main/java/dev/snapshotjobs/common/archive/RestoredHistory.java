package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;
import java.util.LinkedHashMap;
import java.util.Map;

/// The history that a restore has given its server to go on with. Whoever archives that server
/// knows by it where the history comes from: nothing else in its logs says so.
///
/// @param restore the id of the restore
/// @param parent where it leaves the history of the source
/// @param start the state in which its first log begins
/// @param firstLog the name of that log
/// @param firstHead the fingerprint of that log's head, by which it is known again
public record RestoredHistory(
    String instance,
    String restore,
    Timeline.Fork parent,
    GtidState start,
    LogName firstLog,
    String firstHead) {
  public RestoredHistory {
    Names.instance(instance);
    Names.snapshot(restore);
    SummaryJson.bounded(start);
    Sha256.checked(firstHead);
  }

  public byte[] json() {
    Map<String, Object> fields = Json.document();
    fields.put("instance", instance);
    fields.put("restore", restore);
    Map<String, Object> fork = new LinkedHashMap<>();
    fork.put("timeline", parent.timeline().toString());
    fork.put("state", parent.state().toString());
    fork.put("log", parent.log().text());
    fields.put("leaves", fork);
    fields.put("start", start.toString());
    fields.put("firstLog", firstLog.text());
    fields.put("firstHead", firstHead);
    return Json.write(fields, ArchiveLimits.TIMELINE);
  }

  /// Reads what was written.
  ///
  /// @param object where it comes from, for what there is to complain about
  public static RestoredHistory read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.TIMELINE);
    String instance = in.value("instance", 63, Names::instance);
    String restore = in.value("restore", 253, Names::snapshot);
    Fields fork = in.in("leaves");
    TimelineId timeline = fork.value("timeline", 4, TimelineId::parse);
    GtidState state = fork.value("state", ArchiveLimits.GTIDS, GtidState::parse);
    LogName log = fork.value("log", 255, LogName::new);
    GtidState start = in.value("start", ArchiveLimits.GTIDS, GtidState::parse);
    LogName firstLog = in.value("firstLog", 255, LogName::new);
    String firstHead = in.sha256("firstHead");
    return in.made(
        () ->
            new RestoredHistory(
                instance,
                restore,
                new Timeline.Fork(timeline, state, log),
                start,
                firstLog,
                firstHead));
  }
}
