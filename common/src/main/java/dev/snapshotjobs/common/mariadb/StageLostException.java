package dev.snapshotjobs.common.mariadb;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The backup stage ended although nobody released it: its budget ran out, or its session is gone.
public final class StageLostException extends SQLException {
  private static final long serialVersionUID = 1L;

  StageLostException(String why, @Nullable Throwable cause) {
    super(why, cause);
  }
}
