package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.BinlogFormatException;
import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.binlog.LogHead;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.DumpEnd;
import dev.snapshotjobs.common.mariadb.DumpMode;
import dev.snapshotjobs.common.mariadb.KeepingSink;
import dev.snapshotjobs.common.mariadb.ScanningSink;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// The logs of a server that has not always encrypted them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EncryptedLogsIT {
  private static final DumpMode TO_THE_END = new DumpMode.ToTheEnd();

  @AutoClose private DatabaseContainer server;
  private String plain = "";
  private String encrypted = "";
  private String plainAgain = "";

  @BeforeAll
  void encryptForAWhile() throws SQLException {
    server = DatabaseContainer.start("--max-allowed-packet=64M", "--binlog-format=ROW");
    try (Session session = server.session()) {
      session.run("CREATE DATABASE shop", "CREATE TABLE shop.orders (what LONGTEXT)");
    }
    plain = write();
    server.restartWith(
        Stream.concat(DatabaseContainer.withKeys().stream(), Stream.of("--encrypt-binlog"))
            .toList());
    encrypted = write();
    server.restartWith(DatabaseContainer.withKeys());
    plainAgain = write();
  }

  /// @return the log that has it
  private String write() throws SQLException {
    try (Session session = server.session()) {
      session.run(
          "INSERT INTO shop.orders VALUES ('in clear words')",
          "INSERT INTO shop.orders VALUES (REPEAT('x', 20000000))",
          "BEGIN",
          "INSERT INTO shop.orders VALUES ('one')",
          "INSERT INTO shop.orders VALUES ('two')",
          "COMMIT");
      return session.rotate();
    }
  }

  private BinlogDump dump() {
    return new BinlogDump(server.connector());
  }

  private byte[] read(BinlogCoordinates from) throws SQLException, IOException {
    KeepingSink sink = new KeepingSink(from.file());
    assertThat(dump().read(from, TO_THE_END, sink)).isInstanceOf(DumpEnd.Stopped.class);
    return sink.kept.toByteArray();
  }

  @Test
  @Order(1)
  void areReadInClearBetweenOthersAndKnownForWhatTheyAre() throws Exception {
    ScanningSink sink = new ScanningSink();

    dump().read(new BinlogCoordinates(plain, 0), TO_THE_END, sink);

    Map<String, String> raw = server.logsThatMariadbBinlogReads(plain);
    Map<String, String> files = server.logFiles();
    for (String log : List.of(plain, encrypted, plainAgain)) {
      boolean isEncrypted = log.equals(encrypted);
      LogSummary summary = sink.summary(log);
      LogHead head = BinlogDump.head(server.connector(), log);
      assertThat(summary.encryptedAtSource()).isEqualTo(isEncrypted);
      assertThat(head.encryptedAtSource()).isEqualTo(isEncrypted);
      assertThat(head.fingerprint()).isEqualTo(summary.head());
      assertThat(summary.sha256()).isEqualTo(raw.get(log));
      assertThat(summary.sha256().equals(files.get(log))).isEqualTo(!isEncrypted);
      assertThat(summary.transactions()).isGreaterThanOrEqualTo(3);
    }
    assertThat(server.run("stat -c %s " + DatabaseContainer.DATA + encrypted).strip())
        .isEqualTo(Long.toString(sink.summary(encrypted).size()));
  }

  @Test
  @Order(2)
  void areOfNoUseAsFiles() {
    byte[] file = server.file(encrypted);

    assertThatThrownBy(() -> BinlogParser.fromStart(0, _ -> {}).accept(file, 0, file.length))
        .isInstanceOfSatisfying(
            BinlogFormatException.class,
            wrong -> assertThat(wrong.fault()).isEqualTo(Fault.ENCRYPTED));
  }

  @Test
  @Order(3)
  void goOnFromTheEndOfAnyEventButTheFirst() throws Exception {
    byte[] whole = read(new BinlogCoordinates(encrypted, 0));
    List<Long> ends = new ArrayList<>();
    List<Long> formatEnd = new ArrayList<>();
    BinlogParser.fromStart(
            0,
            event ->
                (event.type() == EventType.FORMAT_DESCRIPTION ? formatEnd : ends)
                    .add(event.header().end()))
        .accept(whole, 0, whole.length);

    for (long offset : ends) {
      assertThat(read(new BinlogCoordinates(encrypted, offset)))
          .as("from " + offset)
          .isEqualTo(Arrays.copyOfRange(whole, (int) offset, whole.length));
    }
    BinlogCoordinates second = new BinlogCoordinates(encrypted, formatEnd.getFirst());
    assertThat(dump().read(second, TO_THE_END, new KeepingSink(encrypted)))
        .isInstanceOf(DumpEnd.NoEventHere.class);
  }

  @Test
  @Order(4)
  void areUnreadableWithoutTheKeyAndThoseAfterThemAreNot() throws Exception {
    server.restartWith(List.of());

    DumpEnd end = dump().read(new BinlogCoordinates(encrypted, 0), TO_THE_END, new ScanningSink());
    ScanningSink after = new ScanningSink();
    dump().read(new BinlogCoordinates(plainAgain, 0), TO_THE_END, after);

    assertThat(end)
        .isInstanceOfSatisfying(
            DumpEnd.Unreadable.class,
            unreadable -> assertThat(unreadable.at().file()).isEqualTo(encrypted));
    assertThat(after.summary(plainAgain).transactions()).isEqualTo(3);
  }
}
