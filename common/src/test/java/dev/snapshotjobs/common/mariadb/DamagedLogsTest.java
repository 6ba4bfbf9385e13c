package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.BinlogFormatException;
import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.common.config.TlsMode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Logs as a server leaves them that did not end well.
class DamagedLogsTest {
  private static final DumpMode.ToTheEnd TO_THE_END = new DumpMode.ToTheEnd();
  private static final DumpMode.Following FOLLOWING =
      new DumpMode.Following(Duration.ofMillis(100));
  private static final int FLAGS = 4 + 17;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static LoggingServer server;

  @BeforeAll
  static void start() throws Exception {
    server = LoggingServer.start("--binlog-format=ROW");
    server.run("CREATE DATABASE shop", "CREATE TABLE shop.orders (what TEXT)");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void aLogThatWasOpenWhenItsServerDiedIsReadAsAnyOther() throws Exception {
    server.rotate();
    String log = server.ask("SHOW MASTER STATUS");
    server.run("INSERT INTO shop.orders VALUES ('the last one')");
    server.kill();
    server.startAgain();

    ScanningSink sink = new ScanningSink();
    DumpEnd end = dump().read(new BinlogCoordinates(log, 0), TO_THE_END, sink);

    assertThat(server.bytes(log)[FLAGS] & 1).as("the flag stays for ever").isEqualTo(1);
    assertThat(sink.summary(log)).isEqualTo(server.summary(log, Long.MAX_VALUE));
    assertThat(sink.summary(log).ending()).isEqualTo(new LogEnding.Open());
    assertThat(sink.scans).hasSizeGreaterThan(1);
    assertThat(end).isInstanceOf(DumpEnd.CaughtUp.class);
  }

  @Test
  void aCleanShutdownIsTheEndOfItsLog() throws Exception {
    server.rotate();
    String log = server.ask("SHOW MASTER STATUS");
    ScanningSink attached = new ScanningSink();
    CompletableFuture<DumpEnd> end = following(dump(), log, attached);
    attached.awaitCaughtUp(new BinlogCoordinates(log, server.offset()));
    server.stop();
    server.startAgain();

    ScanningSink sink = new ScanningSink();
    dump().read(new BinlogCoordinates(log, 0), TO_THE_END, sink);

    assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(DumpEnd.Lost.class);
    assertThat(sink.summary(log)).isEqualTo(server.summary(log, Long.MAX_VALUE));
    assertThat(sink.summary(log).ending()).isEqualTo(new LogEnding.ServerStopped());
  }

  @Test
  void aTornLogIsReadUpToItsLastEventAndReadingGoesOnAtTheNext() throws Exception {
    server.rotate();
    String torn = server.ask("SHOW MASTER STATUS");
    server.run("INSERT INTO shop.orders VALUES ('whole')");
    long whole = server.offset();
    server.run("INSERT INTO shop.orders VALUES ('torn')");
    server.rotate();
    server.stop();
    List<Long> ends = new ArrayList<>();
    byte[] file = server.bytes(torn);
    BinlogParser.fromStart(0, event -> ends.add(event.header().end())).accept(file, 0, file.length);
    long last = ends.get(ends.indexOf(whole) + 1);
    truncate(torn, last + 30);
    server.startAgain();

    ScanningSink sink = new ScanningSink();
    DumpEnd end = dump().read(new BinlogCoordinates(torn, 0), TO_THE_END, sink);
    String next = after(torn);
    DumpEnd further = dump().read(new BinlogCoordinates(next, 0), TO_THE_END, sink);

    assertThat(end)
        .isInstanceOfSatisfying(
            DumpEnd.Torn.class,
            found -> {
              assertThat(found.at()).isEqualTo(new BinlogCoordinates(torn, last));
              assertThat(found.message()).contains("truncated");
            });
    assertThat(sink.summary(torn)).isEqualTo(server.summary(torn, last));
    assertThat(sink.summary(torn).wholeTransactionsEnd()).isEqualTo(whole);
    assertThat(sink.summary(next)).isEqualTo(server.summary(next, Long.MAX_VALUE));
    assertThat(further).isInstanceOf(DumpEnd.CaughtUp.class);
    assertThatThrownBy(() -> server.summary(torn, Long.MAX_VALUE))
        .isInstanceOfSatisfying(
            BinlogFormatException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.TRUNCATED);
              assertThat(e.offset()).isEqualTo(last);
            });
    server.purgeTo(next); // the other tests need a way past it
  }

  @Test
  void aByteThatTheDiskChangedIsFound() throws Exception {
    server.rotate();
    String log = server.ask("SHOW MASTER STATUS");
    long begin = server.offset();
    server.run("INSERT INTO shop.orders VALUES (REPEAT('x', 1000))");
    server.rotate();
    try (RandomAccessFile file = new RandomAccessFile(server.file(log).toFile(), "rw")) {
      file.seek(begin + 600);
      file.write('y');
    }

    assertThatThrownBy(
            () -> dump().read(new BinlogCoordinates(log, 0), TO_THE_END, new ScanningSink()))
        .isInstanceOfSatisfying(
            BinlogFormatException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.BAD_CHECKSUM);
              assertThat(e.offset()).isBetween(begin, begin + 600);
            });
    server.purgeTo(after(log));
  }

  @Test
  void theLogAfterTheLastOfSixDigitsComesAfterIt() throws Exception {
    server.run("RESET MASTER TO 999999");
    server.run("INSERT INTO shop.orders VALUES ('six digits')");
    server.rotate();
    server.run("INSERT INTO shop.orders VALUES ('seven digits')");

    ScanningSink sink = new ScanningSink();
    dump().read(new BinlogCoordinates("bin.999999", 0), TO_THE_END, sink);

    assertThat(sink.scans.keySet()).containsExactly("bin.999999", "bin.1000000");
    assertThat(after("bin.999999")).isEqualTo("bin.1000000");
  }

  @Test
  void aResetEndsTheDumpOfALogThatIsNotTheFirst() throws Exception {
    server.rotate();
    String log = server.ask("SHOW MASTER STATUS");
    ScanningSink sink = new ScanningSink();
    CompletableFuture<DumpEnd> end = following(dump(), log, sink);
    sink.awaitCaughtUp(new BinlogCoordinates(log, server.offset()));

    server.run("RESET MASTER");

    assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(new DumpEnd.Purged(log));
  }

  /// The server goes on to say that it has nothing new, of a file that is deleted.
  @Test
  void aResetIsHiddenFromTheDumpOfTheFirstLog() throws Exception {
    server.run("RESET MASTER");
    String log = server.ask("SHOW MASTER STATUS");
    for (int i = 0; i < 10; i++) {
      server.run("INSERT INTO shop.orders VALUES ('before')");
    }
    BinlogCoordinates before = new BinlogCoordinates(log, server.offset());
    ScanningSink sink = new ScanningSink();
    BinlogDump dump = dump();
    CompletableFuture<DumpEnd> end = following(dump, log, sink);
    sink.awaitCaughtUp(before);

    server.run("RESET MASTER", "INSERT INTO shop.orders VALUES ('after')");
    sink.forget();
    BinlogCoordinates said = sink.awaitCaughtUp(before);
    dump.abort();

    assertThat(server.ask("SHOW MASTER STATUS")).isEqualTo(log);
    assertThat(server.offset()).isLessThan(said.offset());
    assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(new DumpEnd.Stopped(said));
  }

  private static CompletableFuture<DumpEnd> following(
      BinlogDump dump, String log, ScanningSink sink) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return dump.read(new BinlogCoordinates(log, 0), FOLLOWING, sink);
          } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void truncate(String log, long size) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(server.file(log).toFile(), "rw")) {
      file.setLength(size);
    }
  }

  private static String after(String log) throws Exception {
    try (Connection connection = connector().open(Duration.ofSeconds(10))) {
      List<String> names = BinaryLogs.list(connection).stream().map(BinlogFile::name).toList();
      return names.get(names.indexOf(log) + 1);
    }
  }

  private static BinlogDump dump() {
    return new BinlogDump(connector());
  }

  private static MariaDbConnector connector() {
    return new MariaDbConnector(
        server.server().address(),
        server.server().port(),
        "root",
        Optional.empty(),
        TlsMode.DISABLED,
        Optional.empty());
  }
}
