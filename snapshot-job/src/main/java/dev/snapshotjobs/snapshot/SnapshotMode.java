package dev.snapshotjobs.snapshot;

import dev.snapshotjobs.common.mariadb.LockKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the server does while the storage makes its cut. What each mode promises:
/// docs/concepts/consistency.md.
enum SnapshotMode {
  /// Commits wait, exact for all engines and settings.
  BACKUP_STAGE("backup-stage", LockKind.BACKUP_STAGE),
  /// The same by the older and blunter lock.
  FLUSH_TABLES("flush-tables", LockKind.FLUSH_TABLES),
  /// Nothing waits; the copy recovers as after a power failure, and its own binary log says to
  /// where.
  NONE("none", null);

  private final String title;
  private final Optional<LockKind> lock;

  SnapshotMode(String title, @Nullable LockKind lock) {
    this.title = title;
    this.lock = Optional.ofNullable(lock);
  }

  /// The lock that it takes; empty if it takes none.
  Optional<LockKind> lock() {
    return lock;
  }

  @Override
  public String toString() {
    return title;
  }
}
