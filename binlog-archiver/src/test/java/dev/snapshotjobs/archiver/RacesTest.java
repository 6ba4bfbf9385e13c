package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.S3FaultRule;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens while a run is at work.
class RacesTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  private interface Statements {
    void run() throws SQLException;
  }

  /// Before the first request that writes what is named.
  private void before(String path, Statements statements) {
    shop.s3
        .faults()
        .add(
            Hook.before(
                "PutObject",
                path,
                () -> {
                  try {
                    statements.run();
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                }));
  }

  @Test
  void theServerWritesAndBeginsOtherLogsWhileTheTailIsArchived() throws Exception {
    // More than what may be on its way to the run when it has its first chunk.
    shop.server.run(
        "USE shop",
        "CREATE TABLE pictures (content LONGBLOB)",
        "SET SESSION binlog_format = ROW",
        "INSERT INTO pictures SELECT REPEAT('x', 1000000) FROM seq_1_to_40");
    before(
        "/tail/",
        () -> {
          shop.write(5);
          shop.server.rotate();
          shop.server.rotate();
          shop.write(5);
        });

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    List<String> logs = shop.server.logs();
    for (String closed : logs.subList(0, logs.size() - 1)) {
      assertThat(shop.sealed(1, closed)).as(closed).isEqualTo(shop.onServer(closed));
    }
    assertThat(shop.tail(1, logs.getLast())).isEqualTo(shop.onServer(logs.getLast()));
    assertThat(ended.outcome().path("positions").path("gtid_archived").asString())
        .isEqualTo(shop.server.ask("SELECT @@gtid_binlog_pos"));
  }

  @Test
  void theServerPurgesTheLogThatWasToBeNext() throws Exception {
    shop.write(5);
    String first = shop.server.rotate();
    shop.write(5);
    String second = shop.server.rotate();
    shop.write(5);
    String third = shop.server.logs().getLast();
    before(first + "\\.json", () -> shop.server.purgeTo(third));

    ArchivedServer.Ended meanwhile = shop.run();
    ArchivedServer.Ended next = shop.run();

    assertThat(meanwhile.exit()).as(meanwhile.err()).isEqualTo(1);
    assertThat(meanwhile.reason()).isEqualTo("purged-meanwhile");
    assertThat(meanwhile.message()).contains(second);
    assertThat(next.exit()).as(next.err()).isEqualTo(4);
    assertThat(next.reason()).isEqualTo("gap");
    assertThat(shop.sealed(1, first)).isNotEmpty();
    assertThat(shop.tail(2, third)).isEqualTo(shop.onServer(third));
  }

  /// The connection that holds the server's lock is cut in the middle, and the next run comes
  /// before the first one has noticed.
  @Test
  void twoArchiversSealTheSameLog() throws Exception {
    shop.write(5);
    String log = shop.server.rotate();
    shop.write(5);
    AtomicReference<ArchivedServer.Ended> other = new AtomicReference<>();
    before(
        log + "\\.json",
        () -> {
          shop.server.run(
              "KILL " + shop.server.ask("SELECT IS_USED_LOCK('mariadb-snapshot-jobs.archiver')"));
          other.set(shop.run());
        });

    ArchivedServer.Ended first = shop.run();

    assertThat(other.get().exit()).as(other.get().err()).isZero();
    assertThat(first.exit()).as("its connection is gone").isEqualTo(1);
    assertThat(shop.sealed(1, log)).isEqualTo(shop.onServer(log));
    List<String> before = ArchivedServer.withoutMarks(shop.keys());
    assertThat(shop.run().exit()).isZero();
    assertThat(ArchivedServer.withoutMarks(shop.keys())).isEqualTo(before);
  }

  @Test
  void theDeadlinePassesWhileTheStoreIsSlow() throws Exception {
    shop.write(5);
    String log = shop.server.rotate();
    shop.s3.faults().add(S3FaultRule.delay("PutObject", log, Duration.ofSeconds(5)).always());

    ArchivedServer.Ended late = shop.run(Map.of("DEADLINE", "2s"), new StopSignal());

    assertThat(late.exit()).as(late.err()).isEqualTo(1);
    assertThat(late.message()).contains("deadline");
    shop.s3.faults().clear();
    // As a process it would have ended, and its connection with it.
    shop.server.ask("SELECT GET_LOCK('mariadb-snapshot-jobs.archiver', 60)");
    shop.server.ask("SELECT RELEASE_LOCK('mariadb-snapshot-jobs.archiver')");
    ArchivedServer.Ended next = shop.run();
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(shop.sealed(1, log)).isEqualTo(shop.onServer(log));
  }

  /// A retry may help, and nobody has to look for damage in the bucket.
  @Test
  void theStoreCutsItsAnswersOff() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.run();
    shop.s3.faults().add(S3FaultRule.truncate("GetObject", "/binlogs/", 10).always());

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.reason()).isEqualTo("store-cut-off");
    shop.s3.faults().clear();
    assertThat(shop.run().exit()).isZero();
  }
}
