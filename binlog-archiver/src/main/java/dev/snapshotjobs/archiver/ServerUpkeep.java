package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.job.Conclusion;
import dev.snapshotjobs.common.job.Run;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a run does on the server before it archives and after, if it was told to.
final class ServerUpkeep {
  private final @Nullable Rotating rotating;
  private final @Nullable Purging purging;

  ServerUpkeep(Upkeep upkeep, ServerSession server, BucketArchive archive, Run run) {
    this.rotating =
        upkeep.rotate() == null ? null : new Rotating(upkeep.rotate(), server, archive, run);
    this.purging =
        upkeep.keepOnServer() == null
            ? null
            : new Purging(upkeep.keepOnServer(), server, archive, run);
  }

  /// What would be done, added to what would be archived.
  Conclusion planned(Conclusion archiving) throws SQLException, IOException {
    Conclusion conclusion = archiving;
    Optional<String> rotated = rotating == null ? Optional.empty() : rotating.due();
    if (rotated.isPresent()) {
      conclusion =
          PurgeReport.and(
              conclusion, "would first let the server go on in another log than " + rotated.get());
    }
    return purging == null ? conclusion : purging.planned(conclusion);
  }

  void before() throws SQLException, IOException {
    if (rotating != null) {
      rotating.rotateIfDue();
    }
  }

  /// @param archived how the archiving has ended
  Conclusion after(Conclusion archived) throws SQLException, IOException, InterruptedException {
    return purging == null ? archived : purging.after(archived);
  }
}
