package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.binlog.GtidState;
import java.util.List;
import java.util.Optional;

/// A place between two transactions of a history.
///
/// @param log in which it is
/// @param offset where the first transaction begins that is left out, or where the last one ends
/// @param state of a server that has come there
/// @param last the last transaction that is in; empty if it is in an earlier log
/// @param next the first one that is left out; empty if there is none
/// @param early of those that are left out, the next ones that carry a time which is not later than
///   the target's: somebody set it, or their statements took long
/// @param byTimes the log has no mark, so that times alone decided where in it an instant is
record Cut(
    LogName log,
    long offset,
    GtidState state,
    Optional<SeenTransaction> last,
    Optional<SeenTransaction> next,
    List<SeenTransaction> early,
    boolean byTimes) {
  Cut {
    early = List.copyOf(early);
  }
}
