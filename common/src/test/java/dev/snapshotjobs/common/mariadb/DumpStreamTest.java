package dev.snapshotjobs.common.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.binlog.Body;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.binlog.LogBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.client.socket.Reader;
import org.mariadb.jdbc.client.util.MutableByte;

/// What no server of the sandbox sends, as packets made by hand.
class DumpStreamTest {
  private static final int ARTIFICIAL = 0x20;
  private static final int IGNORABLE = 0x80;
  private static final BinlogCoordinates WITHIN = new BinlogCoordinates("bin.000007", 500);

  private final Body wire = new Body();
  private final KeepingSink sink = new KeepingSink("bin.000007");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsTheNameOfALogWhetherTheRotationHasAChecksumOrNot(boolean checksum) throws Exception {
    byte[] log = LogBuilder.with(ChecksumAlgorithm.NONE).query("FLUSH TABLES").bytes();
    int format = LogBuilder.with(ChecksumAlgorithm.NONE).size();
    event(rotation("bin.000007", 4, checksum));
    event(Arrays.copyOfRange(log, 4, format));
    event(Arrays.copyOfRange(log, format, log.length));
    packet(new Body().u8(0xFE).zeros(4));

    DumpEnd end = read(new BinlogCoordinates("bin.000007", 4));

    assertThat(end)
        .isEqualTo(new DumpEnd.CaughtUp(new BinlogCoordinates("bin.000007", log.length)));
    assertThat(sink.kept.toByteArray()).isEqualTo(log);
  }

  @Test
  void leavesOutWhatIsRepeatedOfTheHeadOfAnEncryptedLog() throws Exception {
    byte[] more = LogBuilder.header(EventType.STOP.code(), 0, 19).bytes();
    event(rotation("bin.000007", 500, true));
    event(format());
    event(encryption());
    event(more);
    packet(new Body().u8(0xFE).zeros(4));

    read(WITHIN);

    assertThat(sink.kept.toByteArray()).isEqualTo(more);
  }

  /// Its second event comes as a repetition only, with fields that the log does not have so.
  @Test
  void cannotStartAtTheSecondEventOfAnEncryptedLog() throws Exception {
    BinlogCoordinates second = new BinlogCoordinates("bin.000007", 4 + format().length);
    event(rotation("bin.000007", second.offset(), true));
    event(format());
    event(encryption());

    assertThat(read(second))
        .isInstanceOfSatisfying(
            DumpEnd.NoEventHere.class, end -> assertThat(end.at()).isEqualTo(second));
    assertThat(sink.kept.size()).isZero();
  }

  @Test
  void leavesOutEventsThatWereMadeForTheWire() throws Exception {
    event(rotation("bin.000007", 500, true));
    event(LogBuilder.header(EventType.GTID_LIST.code(), ARTIFICIAL, 23).zeros(4).bytes());
    packet(new Body().u8(0xFE).zeros(4));

    assertThat(read(WITHIN)).isEqualTo(new DumpEnd.CaughtUp(WITHIN));
    assertThat(sink.kept.size()).isZero();
  }

  @Test
  void refusesWhatIsNoAnswerToADump() {
    assertRefused(new Body());
    assertRefused(new Body().u8(0).zeros(10));
    assertRefused(new Body().u8(7).zeros(100));
    assertRefused(new Body().u8(0).raw(rotation("", 4, false)));
    assertRefused(
        new Body().u8(0).raw(LogBuilder.header(EventType.STOP.code(), 0, 30).zeros(4).bytes()));
  }

  @Test
  void saysThatTheConnectionEndedInTheMiddle() {
    wire.u8(100).u16(0).u8(0).zeros(50);

    assertThatThrownBy(() -> read(WITHIN)).isInstanceOf(WirePackets.ConnectionLost.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1236 | Could not find first log file name in binary log index file | Purged
          1236 | could not find next log; the first event 'bin.000001' at 4 | Purged
          1236 | binlog truncated in the middle of event; consider out of disk space | Torn
          1236 | bogus data in log event; the first event 'bin.000007' at 500 | NoEventHere
          1236 | log event entry exceeded max_allowed_packet; Increase it on master | NoEventHere
          1236 | Client requested master to start replication from position > file size | NoEventHere
          1236 | Client requested master to start replication from impossible position | NoEventHere
          1236 | event read from binlog did not pass crc check; the first event | Unreadable
          1236 | Could not decrypt binlog: encryption key error | Unreadable
          4052 | A slave with the same server_uuid/server_id as this slave has connected | Displaced
          """)
  void makesAnEndOfWhatTheServerSays(int code, String message, String end) throws Exception {
    packet(new Body().u8(0xFF).u16(code).text("#HY000").text(message));

    assertThat(read(WITHIN).getClass().getSimpleName()).isEqualTo(end);
  }

  @Test
  void throwsWhatHasNothingToDoWithLogs() {
    packet(new Body().u8(0xFF).u16(1227).text("#42000").text("Access denied; you need"));

    assertThatThrownBy(() -> read(WITHIN))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getErrorCode()).isEqualTo(1227);
              assertThat(e.getSQLState()).isEqualTo("42000");
            });
  }

  private static void assertRefused(Body packet) {
    DumpStreamTest test = new DumpStreamTest();
    test.packet(packet);
    test.wire.zeros(8); // the server says more

    assertThatThrownBy(() -> test.read(WITHIN))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("bin.000007:500");
  }

  /// The driver closes a connection under the eyes of who reads: the last packet has bytes then
  /// that are not the server's.
  @Test
  void keepsNothingOfAPacketDuringWhichTheReadingWasAborted() {
    event(rotation("bin.000007", 500, true));
    event(LogBuilder.header(EventType.STOP.code(), 0, 19).bytes());
    Iterator<Boolean> aborted = List.of(false, true).iterator();

    assertThatThrownBy(() -> read(WITHIN, aborted::next))
        .isInstanceOf(WirePackets.ConnectionLost.class);
    assertThat(sink.kept.size()).isZero();
  }

  private DumpEnd read(BinlogCoordinates from) throws IOException, SQLException {
    return read(from, () -> false);
  }

  private DumpEnd read(BinlogCoordinates from, BooleanSupplier aborted)
      throws IOException, SQLException {
    Reader reader =
        new Reader(
            new ByteArrayInputStream(wire.bytes()),
            Configuration.parse("jdbc:mariadb://localhost/"),
            new MutableByte());
    return new DumpStream(from, new DumpMode.ToTheEnd(), sink)
        .read(new WirePackets(reader, aborted));
  }

  private void event(byte[] event) {
    packet(new Body().u8(0).raw(event));
  }

  private void packet(Body payload) {
    wire.u16(payload.size() & 0xFFFF).u8(payload.size() >> 16).u8(0).raw(payload.bytes());
  }

  private static byte[] rotation(String log, long position, boolean checksum) {
    int size = 19 + 8 + log.length() + (checksum ? 4 : 0);
    byte[] event =
        LogBuilder.header(EventType.ROTATE.code(), ARTIFICIAL, size)
            .i64(position)
            .text(log)
            .zeros(checksum ? 4 : 0)
            .bytes();
    return checksum ? LogBuilder.summed(event) : event;
  }

  private static byte[] format() {
    byte[] log = LogBuilder.with(ChecksumAlgorithm.CRC32).bytes();
    return Arrays.copyOfRange(log, 4, log.length);
  }

  private static byte[] encryption() {
    return LogBuilder.header(EventType.START_ENCRYPTION.code(), IGNORABLE, 40).zeros(21).bytes();
  }
}
