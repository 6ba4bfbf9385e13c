package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArchiveOnceTest {
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

  @Test
  void hasEveryByteOfClosedLogsAndOfTheOneThatIsWritten() throws Exception {
    shop.write(50);
    String first = shop.server.rotate();
    shop.write(50);
    String second = shop.server.rotate();
    shop.write(50);
    String active = shop.server.logs().getLast();

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("archived");
    assertThat(shop.sealed(1, first)).isEqualTo(shop.onServer(first));
    assertThat(shop.sealed(1, second)).isEqualTo(shop.onServer(second));
    assertThat(shop.tail(1, active)).isEqualTo(shop.onServer(active));
    assertThat(ended.outcome().path("positions").path("gtid_archived").asString())
        .isEqualTo(shop.server.ask("SELECT @@gtid_binlog_pos"));
    assertThat(ended.message()).contains("2 logs sealed");
  }

  @Test
  void addsNothingWhereNothingIsNew() throws Exception {
    shop.write(10);
    shop.server.rotate();
    shop.run();
    shop.run(); // the server adds a checkpoint to a new log when it likes
    List<String> before = ArchivedServer.withoutMarks(shop.keys());

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ArchivedServer.withoutMarks(shop.keys())).isEqualTo(before);
    assertThat(shop.keys()).as("a mark, and the one before is gone").hasSize(before.size() + 1);
  }

  @Test
  void goesOnWhereItEnded() throws Exception {
    shop.write(10);
    shop.run();
    shop.write(10);
    shop.run();
    shop.write(10);
    String closed = shop.server.rotate();
    shop.write(1);

    ArchivedServer.Ended ended = shop.run();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.sealed(1, closed)).isEqualTo(shop.onServer(closed));
    assertThat(shop.keys()).noneMatch(key -> key.contains("/tail/" + closed));
    String active = shop.server.logs().getLast();
    assertThat(shop.tail(1, active)).isEqualTo(shop.onServer(active));
  }
}
