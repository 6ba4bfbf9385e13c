package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;

/// Where a server stood, asked on another connection than the one that reads its logs.
///
/// @param at by the archiver's clock, right before it asked: what the server logs behind the
///   coordinates it logs later
record ServerEnd(Instant at, BinlogCoordinates coordinates) {

  static ServerEnd ask(Connection control, InstantSource clock) throws SQLException {
    Instant at = clock.instant();
    return new ServerEnd(at, BinaryLogs.end(control));
  }

  /// Asks while a log is read, of which only an IOException gets out.
  static ServerEnd askWhileReading(Connection control, InstantSource clock) throws NotTold {
    try {
      return ask(control, clock);
    } catch (SQLException e) {
      throw new NotTold(e);
    }
  }

  /// The server did not say where it stands.
  static final class NotTold extends IOException {
    private static final long serialVersionUID = 1L;

    private final SQLException answer;

    private NotTold(SQLException answer) {
      super(answer);
      this.answer = answer;
    }

    SQLException answer() {
      return answer;
    }
  }
}
