package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.LoggingServer;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ServerEndTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static Queue<Instant> clock(long... millis) {
    Queue<Instant> times = new ArrayDeque<>();
    for (long each : millis) {
      times.add(NOON.plusMillis(each));
    }
    return times;
  }

  /// What the server logged meanwhile would count as logged before the question.
  @Test
  void asksAgainWhereTheAnswerTakesLong() throws Exception {
    try (LoggingServer server = LoggingServer.start();
        Connection control = server.server().connect("")) {
      Queue<Instant> once = clock(0, 3000, 3001, 3006);
      Queue<Instant> always = clock(0, 300, 301, 601, 602, 902, 903, 1203, 1204, 1504);

      ServerEnd end = ServerEnd.ask(control, once::remove);

      assertThat(end.at()).isEqualTo(NOON.plusMillis(3001));
      assertThat(end.coordinates().file()).isEqualTo(server.logs().getLast());
      assertThat(once).isEmpty();
      assertThat(ServerEnd.ask(control, always::remove).at()).isEqualTo(NOON.plusMillis(1204));
      assertThat(List.copyOf(always)).isEmpty();
    }
  }
}
