package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.Succession;
import java.util.Optional;

/// Where in the archive the logs of a server go on.
sealed interface Place {

  /// Which of the server's logs is the first that is not sealed; one past the last is possible.
  int next();

  /// In a timeline that the archive has.
  ///
  /// @param expected the state with which that log has to begin
  record Continued(int timeline, int next, GtidState expected) implements Place {}

  /// In a new one.
  ///
  /// @param parent the place in another timeline that it goes on from, or follows after a gap
  record Opened(Why why, Optional<Timeline.Fork> parent, int next, GtidState start)
      implements Place {
    Timeline.Reason reason() {
      return switch (why) {
        case Why.First() -> Timeline.Reason.FIRST;
        case Why.Forked _, Why.OtherHistory _ -> Timeline.Reason.RESTORED_OR_RESET;
        case Why.Restored() -> Timeline.Reason.FORK;
        case Why.Renamed _ -> Timeline.Reason.RENAMED;
        case Why.Missing _ -> Timeline.Reason.GAP;
        case Why.ArchivedDiffers _ -> Timeline.Reason.SHORTER_THAN_ARCHIVED;
      };
    }

    Timeline.Continuity continuity() {
      return switch (why) {
        case Why.First(), Why.Forked _, Why.Restored(), Why.Renamed _, Why.ArchivedDiffers _ ->
            new Timeline.Continuity.Proven();
        case Why.Missing(Succession.Gap(GtidState from, GtidState to)) ->
            new Timeline.Continuity.Unproven(from, to);
        case Why.OtherHistory(GtidState archived) ->
            new Timeline.Continuity.Unproven(archived, start);
      };
    }
  }

  /// What makes a new timeline necessary.
  sealed interface Why {
    /// The archive has none yet.
    record First() implements Why {}

    /// The server has a log that is archived, and another one after it than the archive has: it
    /// runs on a copy of its data, or was put back to an earlier time.
    record Forked(String lastCommonLog) implements Why {}

    /// A restore of ours has given the server this history.
    record Restored() implements Why {}

    /// Nothing is missing, but the server's logs have other names or numbers than those that would
    /// come next.
    record Renamed(String expectedLog) implements Why {}

    /// What comes next in the archive the server does not have any more.
    record Missing(Succession.Gap gap) implements Why {}

    /// Nothing connects the server's logs with what is archived.
    record OtherHistory(GtidState archived) implements Why {}

    /// The archive has more of a log than the server, or other bytes.
    record ArchivedDiffers(String log, String how) implements Why {}
  }
}
