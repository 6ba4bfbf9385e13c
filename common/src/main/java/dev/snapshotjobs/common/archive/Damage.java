package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
import dev.snapshotjobs.common.archive.ArchiveObject.LogPart;
import dev.snapshotjobs.common.archive.ArchiveObject.OfChunk;
import dev.snapshotjobs.common.archive.ArchiveObject.OfLog;
import dev.snapshotjobs.common.archive.ArchiveObject.OfMark;
import dev.snapshotjobs.common.archive.ArchiveObject.RestoreHistory;
import dev.snapshotjobs.common.archive.ArchiveObject.RestorePlan;
import dev.snapshotjobs.common.archive.ArchiveObject.SnapshotEntry;
import dev.snapshotjobs.common.archive.ArchiveObject.TimelineDocument;
import java.io.IOException;
import java.util.Optional;

/// An object of the archive that is gone, or is not what it should be.
///
/// @param hides the log of which not all can be read because of it; empty if all of it can
/// @param what of the object, without its key
/// @param todo what a person can do about it
public record Damage(String key, Optional<LogName> hides, String what, String todo) {
  private static final String VERSION =
      "bring it back from a version of the bucket, if it keeps them";
  private static final String NO_RECOVERY =
      "; else take a snapshot now: no recovery goes across this place";
  private static final String SEAL =
      "let the server begin its next log (FLUSH BINARY LOGS) and run archive: sealing reads this one"
          + " again, and takes the place of its chunks";
  private static final String REMOVE =
      "remove it: no byte of a log is in it, only the moment up to which the archive was complete";
  private static final String MOVE_AWAY =
      "move it away, out of binlogs/, and find out who put it there; then ";

  /// Of an object that is not what it should be.
  public static Damage of(ArchiveKeys keys, ArchiveObject place, String what) {
    return new Damage(keys.key(place), hides(place), what, todo(place));
  }

  /// Of an object that cannot be read.
  public static Damage of(ArchiveKeys keys, ArchiveObject place, IOException e) {
    String key = keys.key(place);
    String message = String.valueOf(e.getMessage());
    // Those of the archive's own exceptions begin with the key.
    boolean named = message.startsWith(key + ": ");
    boolean misplaced =
        e instanceof ArchiveFormatException format && format.fault() == Fault.MISPLACED;
    return new Damage(
        key,
        hides(place),
        named ? message.substring(key.length() + 2) : message,
        misplaced ? MOVE_AWAY + todo(place) : todo(place));
  }

  private static Optional<LogName> hides(ArchiveObject place) {
    return switch (place) {
      case OfLog(TimelineId _, LogName log, LogPart part) ->
          part == LogPart.INDEX ? Optional.empty() : Optional.of(log);
      case OfChunk chunk -> Optional.of(chunk.log());
      case TimelineDocument _, SnapshotEntry _, RestorePlan _, RestoreHistory _, OfMark _ ->
          Optional.empty();
    };
  }

  private static String todo(ArchiveObject place) {
    return switch (place) {
      case OfLog of -> of.part() == LogPart.INDEX ? VERSION : VERSION + NO_RECOVERY;
      case OfChunk _ -> SEAL;
      case OfMark _ -> REMOVE;
      case TimelineDocument _, SnapshotEntry _, RestorePlan _, RestoreHistory _ -> VERSION;
    };
  }

  /// The same where other objects say what this one should.
  public Damage withoutLoss() {
    return new Damage(key, Optional.empty(), what, todo);
  }

  @Override
  public String toString() {
    return key + ": " + what;
  }
}
