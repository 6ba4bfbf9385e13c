package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Held against the server itself: after each statement it says where it stands.
class TransactionTrackerTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static LoggingServer server;

  @BeforeAll
  static void start() throws Exception {
    server = LoggingServer.start();
    for (String statement : Workload.schema()) {
      server.run(statement);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private record Standing(
      String statement, String log, long offset, String state, String position) {}

  private record Boundary(boolean open, GtidState state) {}

  @ParameterizedTest
  @ValueSource(strings = {"ROW", "MIXED", "STATEMENT"})
  void isWhereTheServerIsAfterEachStatement(String format) throws Exception {
    server.run("SET SESSION binlog_format = " + format);
    server.rotate();
    Path rows = Workload.rows(server);
    List<Standing> standings = new ArrayList<>();
    for (String statement : Workload.statements(rows)) {
      if (format.equals("STATEMENT") && statement.contains("NEXT VALUE")) {
        continue; // a sequence cannot be logged so
      }
      server.run(statement);
      standings.add(standing(statement));
    }
    String log = server.rotate();

    Map<Long, Boundary> boundaries = boundaries(log);

    for (Standing standing : standings) {
      assertThat(boundaries).as(standing.toString()).containsKey(standing.offset());
      assertThat(boundaries.get(standing.offset()))
          .as(standing.toString())
          .isEqualTo(new Boundary(false, GtidState.parse(standing.state())));
      assertThat(GtidState.parse(standing.state()).position())
          .as(standing.toString())
          .isEqualTo(GtidPosition.parse(standing.position()));
    }
  }

  private static Standing standing(String statement) throws SQLException {
    return new Standing(
        statement,
        server.ask("SHOW MASTER STATUS"),
        Long.parseLong(server.ask("SHOW MASTER STATUS", 2)),
        server.ask("SELECT @@gtid_binlog_state"),
        server.ask("SELECT @@gtid_binlog_pos"));
  }

  private static Map<Long, Boundary> boundaries(String log) throws IOException {
    Map<Long, Boundary> boundaries = new HashMap<>();
    LogScan[] scan = new LogScan[1];
    scan[0] =
        new LogScan(
            200,
            (event, progress) -> {
              boolean open =
                  progress instanceof Progress.Begins || progress instanceof Progress.Inside;
              boundaries.put(event.header().end(), new Boundary(open, scan[0].state()));
            });
    byte[] bytes = server.bytes(log);
    scan[0].accept(bytes, 0, bytes.length);
    return boundaries;
  }
}
