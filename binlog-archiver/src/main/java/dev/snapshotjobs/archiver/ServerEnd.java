package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Where a server stood, asked on another connection than the one that reads its logs.
///
/// @param at by the archiver's clock, right before it asked: what the server logs behind the
///   coordinates it logs later
record ServerEnd(Instant at, BinlogCoordinates coordinates) {
  /// What was logged between question and answer lies before the coordinates, and was logged later
  /// than `at`. A recovery to an instant in between would take it in.
  private static final Duration QUICK = Duration.ofMillis(250);

  private static final int ATTEMPTS = 5;

  /// Asks again where the answer takes long, as it does while a large transaction is written.
  static ServerEnd ask(Connection control, InstantSource clock) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      Instant at = clock.instant();
      ServerEnd end = new ServerEnd(at, BinaryLogs.end(control));
      boolean quick = Duration.between(at, clock.instant()).compareTo(QUICK) <= 0;
      if (quick || attempt == ATTEMPTS) {
        return end;
      }
    }
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
