package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.binlog.GtidState;
import java.util.Optional;

/// Where a server's history stands at one moment. Without `log_bin` there are no coordinates and
/// what is logged is empty.
public record BinlogState(
    GtidState logged, GtidPosition currentPosition, Optional<BinlogCoordinates> coordinates) {

  /// What `@@gtid_binlog_pos` said.
  public GtidPosition binlogPosition() {
    return logged.position();
  }

  /// Whether a transaction was logged between the other state and this one. The offset alone does
  /// not tell: a binlog checkpoint event may follow a rotation on its own, and no transaction comes
  /// without a GTID. The current position also moves on a replica that does not log what it
  /// applies.
  public boolean movedSince(BinlogState earlier) {
    return !logged.equals(earlier.logged)
        || !currentPosition.equals(earlier.currentPosition)
        || !coordinates
            .map(BinlogCoordinates::file)
            .equals(earlier.coordinates.map(BinlogCoordinates::file));
  }
}
