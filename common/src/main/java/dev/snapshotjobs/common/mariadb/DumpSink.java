package dev.snapshotjobs.common.mariadb;

import java.io.IOException;

/// Takes the logs that a dump brings. An exception ends the dump.
public interface DumpSink {

  /// What follows belongs to this log, from this offset on; offset 0 is its first byte.
  ///
  /// @return whether it is wanted; if not the dump ends
  boolean begin(String log, long offset) throws IOException;

  /// The next bytes of the log, equal to those of the server's file but for its "in use" flag. The
  /// array is used again.
  void bytes(byte[] bytes, int from, int length) throws IOException;

  /// Asked after each whole event, and when the server says that it has nothing new; if not, the
  /// dump ends there.
  default boolean wantsMore() throws IOException {
    return true;
  }

  /// The server has nothing beyond this, it says. After a RESET MASTER it says so of a log that is
  /// gone: ask on another connection where it stands before anything is concluded.
  void caughtUp(BinlogCoordinates at) throws IOException;
}
