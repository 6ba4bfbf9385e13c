package dev.snapshotjobs.common.mariadb;

import dev.snapshotjobs.common.binlog.LogHead;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Reads the binary logs of a server as a replica would, by file and position: plain bytes, through
/// one connection, without holding an event in memory. One object reads once.
///
/// Needs REPLICATION SLAVE. A server that purges by itself may do so because a dump is attached
/// (`slave_connections_needed_for_purge`): read the oldest log that is needed first.
public final class BinlogDump {
  /// Where the first event of a log begins.
  public static final long FIRST_EVENT = 4;

  /// The protocol has 32 bit for the position.
  public static final long LAST_START = 0xFFFF_FFFFL;

  /// A server that sends is never silent for so long.
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private static final long LOWEST_SERVER_ID = 1L << 31;

  private enum State {
    NEW,
    READING,
    ABORTED
  }

  private final MariaDbConnector connector;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private volatile @Nullable Connection connection;

  public BinlogDump(MariaDbConnector connector) {
    this.connector = connector;
  }

  /// Reads how a log begins.
  ///
  /// @throws NoHeadException where the server has no such log, or cannot read it
  public static LogHead head(MariaDbConnector connector, String log)
      throws SQLException, IOException {
    HeadSink sink = new HeadSink();
    DumpEnd end =
        new BinlogDump(connector)
            .read(new BinlogCoordinates(log, 0), new DumpMode.ToTheEnd(), sink);
    return switch (end) {
      case DumpEnd.Stopped _, DumpEnd.CaughtUp _ -> sink.head();
      case DumpEnd.Purged _,
          DumpEnd.Torn _,
          DumpEnd.NoEventHere _,
          DumpEnd.Displaced _,
          DumpEnd.Unreadable _,
          DumpEnd.Lost _ ->
          throw new NoHeadException(log, end);
    };
  }

  /// Reads from the given place on, which must be the beginning of a log (an offset up to 4) or the
  /// end of an event. Returns when there is no more to read in this mode, or not for this dump.
  public DumpEnd read(BinlogCoordinates from, DumpMode mode, DumpSink sink)
      throws SQLException, IOException {
    UnsupportedBinlogException.refuseIfManagedByInnodb(from.file());
    if (from.offset() > LAST_START) {
      throw new UnsupportedBinlogException(
          "a dump cannot start at %s: the protocol ends at %d; read the log from its beginning"
              .formatted(from, LAST_START));
    }
    BinlogCoordinates start =
        new BinlogCoordinates(from.file(), Math.max(FIRST_EVENT, from.offset()));
    if (state.compareAndExchange(State.NEW, State.READING) == State.READING) {
      throw new IllegalStateException("this dump has read already");
    }
    DumpCommand command = new DumpCommand(start, mode, randomServerId(), sink, this::aborted);
    try (Connection opened = connector.open(readTimeout(mode))) {
      connection = opened;
      return aborted() ? new DumpEnd.Stopped(command.reached()) : dump(opened, mode, command);
    }
  }

  /// Ends the reading from another thread, also when it has not begun.
  public void abort() throws SQLException {
    state.set(State.ABORTED);
    Connection open = connection;
    if (open != null) {
      open.abort(Runnable::run); // close() would wait for the dump
    }
  }

  private boolean aborted() {
    return state.get() == State.ABORTED;
  }

  private DumpEnd dump(Connection opened, DumpMode mode, DumpCommand command)
      throws SQLException, IOException {
    try {
      announce(opened, mode);
      opened.unwrap(org.mariadb.jdbc.Connection.class).getClient().execute(command, false);
      return command.end();
    } catch (SQLException e) {
      if (aborted()) {
        return new DumpEnd.Stopped(command.reached());
      }
      if (opened.isClosed()) {
        return new DumpEnd.Lost(command.reached(), e);
      }
      throw MissingGrantException.explain(e, "REPLICATION SLAVE", "reading binary logs");
    } finally {
      // Whatever the end, the server has done with this connection, or still sends.
      opened.abort(Runnable::run);
    }
  }

  /// Says that this client can read checksums and all events of MariaDB.
  private static void announce(Connection connection, DumpMode mode) throws SQLException {
    long heartbeatNanos =
        switch (mode) {
          case DumpMode.ToTheEnd() -> 0;
          case DumpMode.Following(Duration heartbeat) -> heartbeat.toNanos();
        };
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET @master_binlog_checksum = @@global.binlog_checksum, @mariadb_slave_capability = 4,"
              + " @master_heartbeat_period = "
              + heartbeatNanos);
    }
  }

  private static Duration readTimeout(DumpMode mode) {
    return switch (mode) {
      case DumpMode.ToTheEnd() -> SILENCE;
      case DumpMode.Following(Duration heartbeat) -> SILENCE.plus(heartbeat.multipliedBy(2));
    };
  }

  /// Of two clients with one id the server lets the older go, be it a replica. Nobody gives ids of
  /// the upper half by hand.
  private static long randomServerId() {
    return LOWEST_SERVER_ID + ThreadLocalRandom.current().nextLong(LOWEST_SERVER_ID);
  }
}
