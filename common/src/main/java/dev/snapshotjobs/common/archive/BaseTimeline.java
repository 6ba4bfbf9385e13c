package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.CatalogueEntry.Place;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// To which timeline a snapshot belongs, so that its logs can be replayed on top of it.
///
/// A name is no proof: it comes again in each history. But the job begins a new log under its lock,
/// so the log that a snapshot names begins exactly with the state that it has recorded.
public sealed interface BaseTimeline {

  /// The beginning of a log in the archive, sealed or not.
  record LogStart(TimelineId timeline, LogName log, GtidState start) {}

  /// It is this one's.
  record Found(TimelineId timeline) implements BaseTimeline {}

  /// No archived log begins where the snapshot ends.
  ///
  /// @param why for a person
  record None(String why) implements BaseTimeline {}

  /// Histories part in that very log: a server lost its tail and wrote it anew.
  record Several(List<TimelineId> timelines) implements BaseTimeline {
    public Several {
      timelines = List.copyOf(timelines);
    }
  }

  /// Looks for the one log that begins where the snapshot ends.
  ///
  /// @param starts of all logs, or at least of all that bear the snapshot's log's name
  static BaseTimeline of(CatalogueEntry base, Collection<LogStart> starts) {
    Optional<Place> place = base.place();
    Optional<GtidPosition> position = base.binlogPosition();
    if (place.isEmpty() || position.isEmpty()) {
      return new None("only the copy itself knows where its log ends");
    }
    LogName log = place.get().log();
    List<LogStart> ofThatName = starts.stream().filter(start -> start.log().equals(log)).toList();
    List<TimelineId> timelines =
        ofThatName.stream()
            .filter(start -> beginsAt(start.start(), base.binlogState(), position.get()))
            .map(LogStart::timeline)
            .distinct()
            .sorted()
            .toList();
    return switch (timelines.size()) {
      case 0 -> new None(whyNone(log, ofThatName, position.get()));
      case 1 -> new Found(timelines.getFirst());
      default -> new Several(timelines);
    };
  }

  /// By the state where it was recorded: servers may share a position and have other histories.
  private static boolean beginsAt(
      GtidState start, Optional<GtidState> state, GtidPosition position) {
    return state.map(start::equals).orElseGet(() -> start.position().equals(position));
  }

  private static String whyNone(LogName log, List<LogStart> ofThatName, GtidPosition position) {
    return ofThatName.isEmpty()
        ? "no log " + log + " is archived"
        : "each archived log %s begins elsewhere than at %s".formatted(log, position);
  }
}
