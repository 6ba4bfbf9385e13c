package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.mariadb.WirePackets.Packet;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/// What a server says when it cannot go on with a dump. It has one code for many reasons, so the
/// message decides (`set_read_error` in `sql/sql_repl.cc`; it is never translated).
record DumpError(int code, String sqlState, String message) {
  private static final int CANNOT_READ = 1236; // ER_MASTER_FATAL_ERROR_READING_BINLOG
  private static final int STATE_LENGTH = 6;

  static DumpError read(Packet packet) {
    byte[] bytes = packet.bytes();
    int at = packet.from();
    int code = packet.length() < 3 ? 0 : (bytes[at + 1] & 0xFF) | ((bytes[at + 2] & 0xFF) << 8);
    int start = Math.min(3, packet.length());
    String text = new String(bytes, at + start, packet.length() - start, StandardCharsets.UTF_8);
    return text.startsWith("#") && text.length() >= STATE_LENGTH
        ? new DumpError(code, text.substring(1, STATE_LENGTH), text.substring(STATE_LENGTH))
        : new DumpError(code, "HY000", text);
  }

  /// @throws SQLException if it has nothing to do with the logs
  DumpEnd toEnd(BinlogCoordinates start, BinlogCoordinates reached) throws SQLException {
    if (message.contains("same server_uuid/server_id")) {
      return new DumpEnd.Displaced(reached, message);
    }
    if (code != CANNOT_READ) {
      throw new SQLException(message, sqlState, code);
    }
    if (message.contains("Could not find first log file name")
        || message.contains("could not find next log")) {
      return new DumpEnd.Purged(reached.file());
    }
    if (message.contains("position > file size") || message.contains("impossible position")) {
      return new DumpEnd.NoEventHere(reached, message);
    }
    if (message.contains("truncated in the middle of event")) {
      return new DumpEnd.Torn(reached, message);
    }
    boolean noSuchLength =
        message.contains("exceeded max_allowed_packet") || message.contains("bogus data");
    return noSuchLength && reached.equals(start) && start.offset() > BinlogDump.FIRST_EVENT
        ? new DumpEnd.NoEventHere(reached, message)
        : new DumpEnd.Unreadable(reached, code, message);
  }
}
