package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs that do not get to their end, at each of their writes, and what the next run makes of it.
class InterruptedTest {
  private static final String WRITES =
      "PutObject|DeleteObject|CreateMultipartUpload|UploadPart|CompleteMultipartUpload";

  /// @param after whether the write itself is still carried out
  @ParameterizedTest(name = "after the write: {0}")
  @ValueSource(booleans = {false, true})
  void theNextRunMakesItWholeWhereverOneWasCutOff(boolean after) throws Exception {
    int writes = 1;
    for (int at = 1; at <= writes; at++) {
      try (ArchivedServer shop = ArchivedServer.start()) {
        shop.write(5);
        shop.run();
        shop.write(5);
        String closed = shop.server.rotate();
        shop.write(5);
        AtomicInteger count = new AtomicInteger();
        int last = at;
        Runnable cut =
            () -> {
              if (count.incrementAndGet() == last) {
                shop.s3.faults().add(S3FaultRule.answer(".*", ".*", 403, "AccessDenied").always());
              }
            };
        shop.s3
            .faults()
            .add(
                (after
                        ? Hook.after(WRITES, "/binlogs/", cut)
                        : Hook.before(WRITES, "/binlogs/", cut))
                    .always());
        ArchivedServer.Ended cutOff = shop.run();
        shop.s3.faults().clear();
        writes = Math.max(writes, count.get() < last ? 0 : last + 1);

        ArchivedServer.Ended ended = shop.run();

        String as =
            "cut off at write %d of the first run, which ended with %s"
                .formatted(at, cutOff.message());
        assertThat(ended.exit()).as(as + ended.err()).isZero();
        assertThat(shop.sealed(1, closed)).as(as).isEqualTo(shop.onServer(closed));
        assertThat(shop.archive.manifest(TimelineId.FIRST, new LogName(closed))).as(as).isPresent();
        String active = shop.server.logs().getLast();
        assertThat(shop.tail(1, active)).as(as).isEqualTo(shop.onServer(active));
        assertThat(shop.archive.ids()).as(as).hasSize(1);
      }
    }
    assertThat(writes).as("the writes that were cut off").isGreaterThan(6);
  }

  @Test
  void survivesAStoreThatIsSlowBusyAndForgetsToAnswer() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.write(5);
      String closed = shop.server.rotate();
      shop.write(5);
      shop.s3.faults().add(S3FaultRule.slowDown("PutObject", "/binlogs/").times(2));
      shop.s3.faults().add(S3FaultRule.loseAnswer("PutObject", "/binlogs/").times(2));
      shop.s3.faults().add(S3FaultRule.drop("GetObject|ListObjects", "/binlogs/"));

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).as(ended.err()).isZero();
      assertThat(shop.sealed(1, closed)).isEqualTo(shop.onServer(closed));
    }
  }

  @Test
  void leavesTheWorkToTheArchiverThatIsThere() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.server.run("DO GET_LOCK('mariadb-snapshot-jobs.archiver', 0)");
      shop.write(1);

      ArchivedServer.Ended ended = shop.run();

      assertThat(ended.exit()).isZero();
      assertThat(ended.reason()).isEqualTo("another-archiver");
      assertThat(shop.keys()).isEmpty();
    }
  }

  @Test
  void refusesAStoreThatOverwrites() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      shop.s3.ignoreConditionsOf(Set.of(S3Operation.PUT_OBJECT));

      ArchivedServer.Ended ended = shop.run();
      ArchivedServer.Ended allowed = shop.run("--allow-overwrites");

      assertThat(ended.exit()).isEqualTo(3);
      assertThat(ended.reason()).isEqualTo("overwrites");
      assertThat(allowed.exit()).as(allowed.err()).isZero();
    }
  }

  @Test
  void saysWhatIsWrongWithoutTouchingAnything() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      ArchivedServer.Ended typo =
          shop.run(
              "--lock-days", "-1", "--mariadb-tls", "verify-full", "--mariadb-ca-file", "/no/such");
      shop.server.run("REVOKE REPLICATION SLAVE ON *.* FROM binlog_archiver@'%'");
      ArchivedServer.Ended slave = shop.run();
      shop.server.run("REVOKE BINLOG MONITOR ON *.* FROM binlog_archiver@'%'");
      ArchivedServer.Ended monitor = shop.run();

      assertThat(typo.exit()).isEqualTo(2);
      assertThat(typo.message()).contains("2 problems", "--lock-days", "--mariadb-ca-file");
      assertThat(slave.exit()).isEqualTo(3);
      assertThat(slave.message()).contains("REPLICATION SLAVE");
      assertThat(monitor.exit()).isEqualTo(3);
      assertThat(monitor.message()).contains("BINLOG MONITOR");
      assertThat(shop.keys()).isEmpty();
    }
  }

  @Test
  void asksNoMoreOfALongArchiveThanOfAShortOne() throws Exception {
    try (ArchivedServer shop = ArchivedServer.start()) {
      for (int i = 0; i < 5; i++) {
        shop.server.rotate();
      }
      shop.run();
      shop.run();
      Asked ofShort = asked(shop);
      for (int i = 0; i < 60; i++) {
        shop.server.rotate();
      }
      shop.run();
      shop.run();

      assertThat(asked(shop)).isEqualTo(ofShort);
    }
  }

  /// What a run asked of the store and of the server.
  private record Asked(long requests, long statements) {}

  private static Asked asked(ArchivedServer shop) throws SQLException {
    shop.s3.forgetRequests();
    long before = statements(shop);
    assertThat(shop.run().exit()).isZero();
    long statements = statements(shop) - before;
    // Chunks are of the log that is written, and as many as there were runs since it was begun.
    long requests =
        shop.s3.requests().stream().filter(request -> !request.path().contains("/tail/")).count();
    return new Asked(requests, statements);
  }

  private static long statements(ArchivedServer shop) throws SQLException {
    return Long.parseLong(shop.server.ask("SHOW GLOBAL STATUS LIKE 'Questions'", 2));
  }
}
