package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotatingTest {
  private static final String[] ROTATE = {"--rotate", "if-older-than=15m"};

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
    shop.server.run(ArchivedServer.grant("binlog-archiver-rotate"));
    shop.write(5);
    shop.run();
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  private void letTimePass(Duration time) {
    shop.clock = () -> Instant.now().plus(time);
  }

  @Test
  void sealsTheLogThatIsWrittenWhenItsTransactionsAreOld() throws Exception {
    String active = shop.server.logs().getLast();
    String position = shop.server.ask("SELECT @@gtid_binlog_pos");
    letTimePass(Duration.ofMinutes(20));

    ArchivedServer.Ended ended = shop.run(ROTATE);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.server.logs()).hasSize(2);
    assertThat(shop.archive.manifest(TimelineId.FIRST, new LogName(active))).isPresent();
    assertThat(shop.server.ask("SELECT @@gtid_binlog_pos")).isEqualTo(position);
  }

  /// Told as what it is, and not as a server that does not answer.
  @Test
  void saysSoWhereTheBeginningOfTheLogIsDamaged() throws Exception {
    String active = shop.server.logs().getLast();
    int version = 4 + 19 + 2; // within the format description
    try (RandomAccessFile file = new RandomAccessFile(shop.server.file(active).toFile(), "rw")) {
      file.seek(version + 20);
      file.write('x');
    }
    letTimePass(Duration.ofMinutes(20));

    ArchivedServer.Ended ended = shop.run(ROTATE);

    assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("damaged");
    assertThat(ended.message()).contains(active, "CRC32");
  }

  @Test
  void makesNoEmptyLogsOnAQuietServer() throws Exception {
    letTimePass(Duration.ofMinutes(20));
    shop.run(ROTATE);
    List<String> before = shop.server.logs();
    letTimePass(Duration.ofDays(20));

    ArchivedServer.Ended ended = shop.run(ROTATE);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void leavesYoungTransactionsWhereTheyAre() throws Exception {
    letTimePass(Duration.ofMinutes(10));

    shop.run(ROTATE);

    assertThat(shop.server.logs()).hasSize(1);
  }

  @Test
  void leavesTheRotationToTheNextRunWhereLogsAreNotSealed() throws Exception {
    shop.server.rotate();
    shop.write(1);
    letTimePass(Duration.ofMinutes(20));

    shop.run(ROTATE);
    List<String> first = shop.server.logs();
    shop.run(ROTATE);

    assertThat(first).hasSize(2);
    assertThat(shop.server.logs()).hasSize(3);
  }

  /// A server that begins a log purges by itself what has expired.
  @Test
  void doesNotLetTheServerPurgeWhatIsNotSealed() throws Exception {
    for (int i = 0; i < 5; i++) {
      shop.write(3);
      shop.server.rotate();
    }
    shop.write(3);
    shop.server.run(
        "SET GLOBAL slave_connections_needed_for_purge = 0",
        "DO SLEEP(2.1)",
        "SET GLOBAL binlog_expire_logs_seconds = 1");
    letTimePass(Duration.ofMinutes(20));

    ArchivedServer.Ended ended = shop.run(ROTATE);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.message()).contains("5 logs sealed");
  }

  @Test
  void saysInADryRunWhatItWouldDo() throws Exception {
    String active = shop.server.logs().getLast();
    letTimePass(Duration.ofMinutes(20));

    ArchivedServer.Ended ended = shop.run("--rotate", "if-older-than=15m", "--dry-run");

    assertThat(ended.message()).contains("go on in another log than " + active);
    assertThat(shop.server.logs()).hasSize(1);
  }
}
