package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.binlog.GtidState;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/// What a [PurgePlan] asks about the logs of a server; about few of them, however many there are.
interface PurgeEvidence {

  /// What the manifest of a log says.
  ///
  /// @param size how much of it is archived
  record Archived(String head, long size, long sizeOnServer, GtidState end) {}

  /// In the current timeline, under its name.
  Optional<Archived> archived(String log);

  LogBeginning beginning(String log) throws SQLException, IOException;

  /// The names of the logs of which the current timeline has all objects.
  Set<String> complete();
}
