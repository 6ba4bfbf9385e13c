package dev.snapshotjobs.archiver;

import dev.snapshotjobs.archiver.Sealing.Sealed;
import dev.snapshotjobs.archiver.TailArchiving.Reached;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.Succession;
import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.common.job.Run;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a run of `archive` did, and how that is told.
final class Result {
  private static final Logger LOG = LoggerFactory.getLogger(Result.class);
  private static final String TAKE_A_SNAPSHOT =
      "take a snapshot now (kubectl create job --from=cronjob/mariadb-snapshot): no recovery goes"
          + " across this place";

  private record Opened(Timeline timeline, String what) {}

  private final List<Opened> opened = new ArrayList<>();
  private final List<String> damages = new ArrayList<>();
  private int logsSealed;
  private long bytesSealed;

  void opened(Timeline timeline, Place.Why why) {
    String what = describe(why, timeline.start());
    LOG.atInfo()
        .addKeyValue("timeline", timeline.id().toString())
        .addKeyValue("reason", timeline.reason().toString())
        .addKeyValue("why", what)
        .log("timeline opened");
    if (timeline.reason() != Timeline.Reason.FIRST) {
      opened.add(new Opened(timeline, what));
    }
  }

  void sealed(Sealed sealed) {
    logsSealed++;
    bytesSealed += sealed.manifest().content().size();
    sealed.damage().ifPresent(damages::add);
    LOG.atInfo()
        .addKeyValue("log", sealed.manifest().log().text())
        .addKeyValue("bytes", sealed.manifest().content().size())
        .addKeyValue("object_bytes", sealed.manifest().object().size())
        .addKeyValue("transactions", sealed.manifest().content().transactions())
        .addKeyValue("end", sealed.manifest().content().end().toString())
        .log("log sealed");
  }

  private static String describe(Place.Why why, GtidState start) {
    return switch (why) {
      case Place.Why.First() -> "nothing was archived before";
      case Place.Why.Forked(String log) ->
          "the server has another log behind %s than the archive: it runs on a copy, or was put back"
              .formatted(log);
      case Place.Why.Restored() ->
          "the server was restored, and goes on from a known place with numbers of its own";
      case Place.Why.Renamed(String expected) ->
          "the server's logs go on under other names than %s; nothing is missing"
              .formatted(expected);
      case Place.Why.Missing(Succession.Gap(GtidState from, GtidState to)) ->
          "the server no longer has what it logged between %s and %s"
              .formatted(shown(from), shown(to));
      case Place.Why.OtherHistory(GtidState archived) ->
          "the server's logs begin at %s and do not connect with the archive, which ends at %s"
              .formatted(shown(start), shown(archived));
      case Place.Why.ArchivedDiffers(String log, String how) ->
          "%s is not what is archived of it: %s; the server has lost transactions"
              .formatted(log, how);
    };
  }

  private static String shown(GtidState state) {
    return state.isEmpty() ? "the very beginning" : "GTID " + state.position();
  }

  Conclusion planned(Place place, List<BinlogFile> logs) {
    int toSeal = logs.size() - 1 - place.next();
    String where =
        switch (place) {
          case Place.Continued continued ->
              "would go on in timeline %04d".formatted(continued.timeline());
          case Place.Opened opening ->
              "would open a timeline (%s)".formatted(describe(opening.why(), opening.start()));
        };
    return new Conclusion(
        ExitCode.DONE,
        "planned",
        ArchiverReason.ARCHIVE_PLANNED,
        "%s, seal %d logs from %s on, and take the tail of %s"
            .formatted(
                where,
                toSeal,
                logs.get(Math.min(place.next(), logs.size() - 1)).name(),
                logs.getLast().name()),
        "run without --dry-run");
  }

  Conclusion archived(Reached reached, String log, Run run) {
    String position = reached.content().end().position().toString();
    run.report().position("gtid_archived", position);
    run.report().position("binlog_file", log);
    run.report().position("binlog_offset", Long.toString(reached.content().size()));
    String done =
        "archived up to %s (%s:%d), %d logs sealed (%d bytes)"
            .formatted(
                position.isEmpty() ? "the very beginning" : "GTID " + position,
                log,
                reached.content().size(),
                logsSealed,
                bytesSealed);
    if (!opened.isEmpty()) {
      Opened last = opened.getLast();
      return new Conclusion(
          ExitCode.ATTENTION,
          "new-timeline",
          last.timeline().reason() == Timeline.Reason.GAP
              ? ArchiverReason.GAP
              : ArchiverReason.FORKED,
          "timeline %s was opened: %s; %s".formatted(last.timeline().id(), last.what(), done),
          TAKE_A_SNAPSHOT);
    }
    if (!damages.isEmpty()) {
      return new Conclusion(
          ExitCode.ATTENTION,
          "damaged",
          ArchiverReason.DAMAGED,
          String.join("; ", damages) + "; " + done,
          TAKE_A_SNAPSHOT);
    }
    return Conclusion.done("archived", ArchiverReason.ARCHIVED, done + rpo(reached, run));
  }

  private static String rpo(Reached reached, Run run) {
    return reached
        .caughtUp()
        .map(mark -> Duration.between(mark.at(), run.clock().instant()).toMillis())
        .map("; all that the server had logged %d ms ago is in the archive"::formatted)
        .orElse("");
  }
}
