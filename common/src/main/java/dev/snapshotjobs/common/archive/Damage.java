package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.archive.ArchiveFormatException.Fault;
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
  private static final String MOVE_AWAY =
      "move it away, out of binlogs/, and find out who put it there; then ";

  /// Of an object that is not what it should be.
  public static Damage of(String key, Optional<LogName> hides, String what) {
    return new Damage(key, hides, what, VERSION + (hides.isPresent() ? NO_RECOVERY : ""));
  }

  /// Of an object that cannot be read.
  public static Damage of(String key, Optional<LogName> hides, IOException e) {
    String message = String.valueOf(e.getMessage());
    // Those of the archive's own exceptions begin with the key.
    boolean named = message.startsWith(key + ": ");
    Damage damage = of(key, hides, named ? message.substring(key.length() + 2) : message);
    return e instanceof ArchiveFormatException format && format.fault() == Fault.MISPLACED
        ? new Damage(key, hides, damage.what(), MOVE_AWAY + damage.todo())
        : damage;
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
