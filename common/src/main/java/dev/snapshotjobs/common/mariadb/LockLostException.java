package dev.snapshotjobs.common.mariadb;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A commit lock ended although nobody released it: its budget ran out, or its session is gone.
public final class LockLostException extends SQLException {
  private static final long serialVersionUID = 1L;

  LockLostException(String why, @Nullable Throwable cause) {
    super(why, cause);
  }
}
