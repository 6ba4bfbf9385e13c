package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.binlog.GtidState;
import java.util.List;
import java.util.Optional;

/// What the archive has, as far as somebody asks who looks for the place to go on at.
interface Inventory {

  /// A history that the archive has the beginning of.
  ///
  /// @param firstLog the name of its first log
  /// @param firstHead the fingerprint of that log's head
  /// @param start the state at its beginning
  record KnownTimeline(int id, String firstLog, String firstHead, GtidState start) {}

  /// A log of which the archive has every byte.
  ///
  /// @param fileSize its size on the server, damage at its end included
  record SealedLog(String head, long fileSize, GtidState end) {}

  /// Up to where a timeline is archived, its tail included.
  ///
  /// @param nextLog what the server would call the log that comes next
  record Reached(String nextLog, GtidState state) {}

  /// All of them, the newest first.
  List<KnownTimeline> timelines();

  Optional<SealedLog> sealed(int timeline, String log);

  Reached reached(int timeline);

  /// The place in another history from which a restore has let a server go on.
  ///
  /// @param firstHead the fingerprint of that server's first log
  Optional<Timeline.Fork> restored(String firstHead);
}
