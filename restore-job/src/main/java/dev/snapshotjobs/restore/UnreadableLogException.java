package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import java.io.IOException;

/// A log is not what its documents say: it is as good as gone.
final class UnreadableLogException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient ArchivedLog log;

  UnreadableLogException(ArchivedLog log, IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
    this.log = log;
  }

  ArchivedLog log() {
    return log;
  }
}
