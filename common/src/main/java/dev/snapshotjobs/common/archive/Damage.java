package dev.snapshotjobs.common.archive;

import java.util.Optional;

/// An object of the archive that is gone, or is not what it should be.
///
/// @param hides the log of which not all can be read because of it; empty if all of it can
/// @param what of the object, without its key
/// @param todo what a person can do about it
public record Damage(String key, Optional<LogName> hides, String what, String todo) {
  @Override
  public String toString() {
    return key + ": " + what;
  }
}
