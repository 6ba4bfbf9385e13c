package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.Gtid;
import java.time.Instant;

/// Where a recovery shall end. It always takes all transactions of a history up to some place, and
/// none behind it.
sealed interface Target {
  /// Behind everything that is archived.
  record Latest() implements Target {}

  /// With what had been committed by then, as far as the archive can tell.
  record At(Instant instant) implements Target {}

  /// Right behind this transaction.
  record Through(Gtid gtid) implements Target {}

  /// Right before this transaction.
  record Before(Gtid gtid) implements Target {}

  /// The argument that gives it.
  default String argument() {
    return switch (this) {
      case Latest() -> "--to-latest";
      case At(Instant instant) -> "--to " + instant;
      case Through(Gtid gtid) -> "--to-gtid " + gtid;
      case Before(Gtid gtid) -> "--before-gtid " + gtid;
    };
  }
}
