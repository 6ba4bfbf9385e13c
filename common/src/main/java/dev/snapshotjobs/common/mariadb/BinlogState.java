package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.GtidPosition;
import java.util.Optional;

/// Where a server's history stands at one moment. Without `log_bin` there are no coordinates and
/// the position is empty.
public record BinlogState(
    GtidPosition binlogPosition,
    GtidPosition currentPosition,
    Optional<BinlogCoordinates> coordinates) {

  /// Whether a transaction was logged between the other state and this one. The offset alone does
  /// not tell: a binlog checkpoint event may follow a rotation on its own, and no transaction comes
  /// without a GTID. The current position also moves on a replica that does not log what it
  /// applies.
  public boolean movedSince(BinlogState earlier) {
    return !binlogPosition.equals(earlier.binlogPosition)
        || !currentPosition.equals(earlier.currentPosition)
        || !coordinates
            .map(BinlogCoordinates::file)
            .equals(earlier.coordinates.map(BinlogCoordinates::file));
  }
}
