package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.EventBody;
import java.io.IOException;

/// What is learnt from the statements of a replay before the server applies them.
record Following(EventStatuses events, IgnoredTables ignored) {
  void follow(EventBody.Query query) throws IOException {
    events.follow(query);
    ignored.follow(query);
  }
}
