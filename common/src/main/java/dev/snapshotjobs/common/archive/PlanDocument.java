package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.GtidState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a recovery does, as one command resolved it and another one carries it out: no target is
/// resolved twice, since the archive grows meanwhile.
///
/// @param target as it was asked for, for people
/// @param logs how many there are from the first to the last
/// @param offset in the last log, of the first transaction that is left out
/// @param end the state that the recovery ends in
/// @param lost why that is not all that was asked for; empty if it is
/// @param startedBy the uid of the Job that carries it out; empty if none does
public record PlanDocument(
    String instance,
    Instant plannedAt,
    String target,
    TimelineId timeline,
    Base base,
    LogName firstLog,
    LogName lastLog,
    int logs,
    long offset,
    GtidState end,
    Optional<String> lost,
    Optional<String> startedBy) {
  private static final int TARGET = 200;
  private static final int LOST = 1000;
  private static final int LOGS = 1_000_000;
  private static final int NAME = 253;
  private static final int ID = 10;

  /// The snapshot that it begins with.
  ///
  /// @param uid tells it from others of its name
  /// @param start the state of its data, and of the first log
  public record Base(String snapshot, String uid, GtidState start) {
    public Base {
      Names.snapshot(snapshot);
      SummaryJson.bounded(start);
    }
  }

  public PlanDocument {
    Names.instance(instance);
    SummaryJson.bounded(end);
    if (target.length() > TARGET) {
      throw new IllegalArgumentException("a target has at most " + TARGET + " characters");
    }
    if (logs < 1 || logs > LOGS || (logs == 1) != firstLog.equals(lastLog)) {
      throw new IllegalArgumentException(
          "logs: there are not %d from %s to %s".formatted(logs, firstLog, lastLog));
    }
    if (offset < 0) {
      throw new IllegalArgumentException("no log has the offset " + offset);
    }
    // It may name positions of many domains, and is for people.
    lost = lost.map(words -> words.length() > LOST ? words.substring(0, LOST - 1) + "…" : words);
  }

  /// The name of what it leads to: the same place of the same history has the same name, by
  /// whichever target it was asked for.
  public String id() {
    String place = "%s\n%s\n%s".formatted(instance, timeline, end);
    return instance + "-" + Sha256.of(place).substring(0, ID);
  }

  public byte[] json() {
    Map<String, Object> fields = Json.document();
    fields.put("instance", instance);
    fields.put("plannedAt", plannedAt.toString());
    fields.put("target", target);
    fields.put("timeline", timeline.toString());
    Map<String, Object> from = new LinkedHashMap<>();
    from.put("snapshot", base.snapshot());
    from.put("uid", base.uid());
    from.put("start", base.start().toString());
    fields.put("base", from);
    fields.put("firstLog", firstLog.text());
    fields.put("lastLog", lastLog.text());
    fields.put("logs", logs);
    fields.put("offset", offset);
    fields.put("end", end.toString());
    lost.ifPresent(words -> fields.put("lost", words));
    startedBy.ifPresent(uid -> fields.put("startedBy", uid));
    return Json.write(fields, ArchiveLimits.PLAN);
  }

  /// Reads what was written.
  ///
  /// @param object where it comes from, for what there is to complain about
  public static PlanDocument read(String object, byte[] json) throws ArchiveFormatException {
    Fields in = Json.read(object, json, ArchiveLimits.PLAN);
    String instance = in.value("instance", 63, Names::instance);
    Instant plannedAt = in.instant("plannedAt");
    String target = in.text("target", TARGET);
    TimelineId timeline = in.value("timeline", 4, TimelineId::parse);
    Fields from = in.in("base");
    Base base =
        new Base(
            from.value("snapshot", NAME, Names::snapshot),
            from.text("uid", NAME),
            from.value("start", ArchiveLimits.GTIDS, GtidState::parse));
    LogName firstLog = in.value("firstLog", 255, LogName::new);
    LogName lastLog = in.value("lastLog", 255, LogName::new);
    int logs = (int) in.number("logs", 1, LOGS);
    long offset = in.count("offset");
    GtidState end = in.value("end", ArchiveLimits.GTIDS, GtidState::parse);
    Optional<String> lost = in.has("lost") ? Optional.of(in.text("lost", LOST)) : Optional.empty();
    Optional<String> startedBy =
        in.has("startedBy") ? Optional.of(in.text("startedBy", NAME)) : Optional.empty();
    return in.made(
        () ->
            new PlanDocument(
                instance, plannedAt, target, timeline, base, firstLog, lastLog, logs, offset, end,
                lost, startedBy));
  }
}
