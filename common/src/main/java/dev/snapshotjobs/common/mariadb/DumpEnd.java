package dev.snapshotjobs.common.mariadb;

import java.sql.SQLException;

/// How a dump ended. `at` is always the end of the last event that the sink has whole; bytes of a
/// further one may have reached it.
public sealed interface DumpEnd {

  /// Everything that the server had logged was read.
  record CaughtUp(BinlogCoordinates at) implements DumpEnd {}

  /// The sink did not want the next event or log, or somebody called [BinlogDump#abort()].
  record Stopped(BinlogCoordinates at) implements DumpEnd {}

  /// The server does not have the log, or no longer.
  record Purged(String log) implements DumpEnd {}

  /// The file ends inside of an event: its server died while it wrote. No dump passes that place;
  /// reading goes on at the next log. It may also be that the dump did not start where an event
  /// begins.
  record Torn(BinlogCoordinates at, String message) implements DumpEnd {}

  /// The dump was to start where no event begins: past the end, or inside of an event.
  record NoEventHere(BinlogCoordinates at, String message) implements DumpEnd {}

  /// Another client came with the server id of this dump, and the server let this one go.
  record Displaced(BinlogCoordinates at, String message) implements DumpEnd {}

  /// The server could not read its own log: a wrong checksum, a missing key, a fault of the disk.
  record Unreadable(BinlogCoordinates at, int errorCode, String message) implements DumpEnd {}

  /// The connection, or the server, is gone.
  record Lost(BinlogCoordinates at, SQLException cause) implements DumpEnd {}
}
