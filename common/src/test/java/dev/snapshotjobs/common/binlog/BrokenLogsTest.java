package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.snapshotjobs.common.binlog.BinlogFormatException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BrokenLogsTest {
  private static final int MOST_MEMORY = 4 << 20;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 300);
  }

  @Test
  void isNotABinlog() {
    assertFault(Fault.NOT_A_BINLOG, 0, "CREATE TABLE".getBytes(StandardCharsets.UTF_8));
    assertFault(Fault.NOT_A_BINLOG, 2, new byte[] {(byte) 0xFE, 'b', 0, 0});
  }

  @Test
  void endsTooEarly() {
    byte[] log = LogBuilder.with(ChecksumAlgorithm.CRC32).query("FLUSH TABLES").bytes();
    int second = LogBuilder.with(ChecksumAlgorithm.CRC32).size();

    assertFault(Fault.TRUNCATED, 0, new byte[0]);
    assertFault(Fault.TRUNCATED, 3, Arrays.copyOf(log, 3));
    assertFault(Fault.TRUNCATED, 4, Arrays.copyOf(log, 4));
    assertFault(Fault.TRUNCATED, 4, Arrays.copyOf(log, 22));
    assertFault(Fault.TRUNCATED, second, Arrays.copyOf(log, second + 10));
    assertFault(Fault.TRUNCATED, second, Arrays.copyOf(log, log.length - 1));
  }

  @Test
  void saysALengthThatNoEventHas() {
    byte[] head = LogBuilder.with(ChecksumAlgorithm.CRC32).bytes();

    for (int length : new int[] {0, 18, 22, (1 << 30) + (1 << 20) + 1, Integer.MAX_VALUE, -1}) {
      assertFault(Fault.BAD_LENGTH, head.length, withHeader(head, EventType.QUERY, length));
    }
    assertFault(Fault.BAD_LENGTH, head.length, withHeader(head, EventType.GTID_LIST, 1 << 21));
    assertFault(
        Fault.BAD_LENGTH,
        4,
        withHeader(Arrays.copyOf(head, 4), EventType.FORMAT_DESCRIPTION, 5000));
  }

  @Test
  void hasAnEventOfAnUnknownType() {
    LogBuilder log = LogBuilder.with(ChecksumAlgorithm.CRC32);
    int at = log.size();

    assertFault(Fault.UNKNOWN_EVENT, at, log.add(200, 0, new Body().zeros(8)).bytes());
  }

  @Test
  void mayHaveAnUnknownEventThatSaysItCanBeIgnored() {
    LogBuilder log = LogBuilder.with(ChecksumAlgorithm.CRC32).add(200, 0x80, new Body());

    assertThat(catchThrowable(() -> scan(log.bytes()))).isNull();
  }

  @Test
  void isEncryptedOnTheDiskOfItsServerAndNotOverTheWire() {
    LogBuilder disk = LogBuilder.with(ChecksumAlgorithm.CRC32);
    int at = disk.size();
    LogBuilder wire = LogBuilder.with(ChecksumAlgorithm.CRC32);
    wire.add(EventType.START_ENCRYPTION.code(), 0x80, new Body().zeros(17));

    disk.add(EventType.START_ENCRYPTION, new Body().zeros(17));

    assertFault(Fault.ENCRYPTED, at, disk.bytes());
    assertThat(catchThrowable(() -> scan(wire.bytes()))).isNull();
  }

  @Test
  void hasContentThatCannotBe() {
    LogBuilder head = LogBuilder.with(ChecksumAlgorithm.CRC32);
    LogBuilder noNumber = LogBuilder.with(ChecksumAlgorithm.CRC32).add(EventType.XID, new Body());
    LogBuilder manyGtids =
        LogBuilder.with(ChecksumAlgorithm.CRC32)
            .add(EventType.GTID_LIST, new Body().u32(1000).zeros(16));

    assertFault(Fault.BAD_CONTENT, head.size(), noNumber.bytes());
    assertFault(Fault.BAD_CONTENT, head.size(), manyGtids.bytes());
  }

  @Test
  void hasNoFormatDescriptionOrTwo() {
    byte[] head = LogBuilder.with(ChecksumAlgorithm.CRC32).bytes();
    byte[] twice = Arrays.copyOf(head, 2 * head.length - 4);
    System.arraycopy(head, 4, twice, head.length, head.length - 4);

    assertFault(Fault.BAD_CONTENT, head.length, twice);
    assertFault(Fault.BAD_CONTENT, 4, withHeader(Arrays.copyOf(head, 4), EventType.QUERY, 100));
  }

  @Test
  void isFoundOutByAnySingleBitThatIsWrong() {
    byte[] log = LogBuilder.with(ChecksumAlgorithm.CRC32).gtid(1, 1).query("FLUSH TABLES").bytes();

    for (int bit = 0; bit < log.length * 8; bit++) {
      byte[] wrong = log.clone();
      wrong[bit / 8] ^= (byte) (1 << (bit % 8));
      if (bit != InUseFlag.OFFSET * 8) {
        assertThat(catchThrowable(() -> scan(wrong)))
            .as("bit " + bit)
            .isInstanceOf(BinlogFormatException.class);
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void endsInOneExceptionWhateverIsWrong(long seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> logs =
        List.of(
            RealLogs.get("schema"),
            RealLogs.get("compressed"),
            RealLogs.get("no checksum"),
            RealLogs.get("header alone"));
    byte[] log = damaged(logs.get(random.nextInt(logs.size())).clone(), random);
    long before = BinlogParserTest.allocated();

    Throwable outcome = catchThrowable(() -> scan(log));

    assertThat(BinlogParserTest.allocated() - before).isLessThan(MOST_MEMORY);
    if (outcome != null) {
      assertThat(outcome).isInstanceOf(BinlogFormatException.class);
      assertThat(((BinlogFormatException) outcome).offset()).isBetween(0L, (long) log.length);
    }
  }

  /// Half of the time the checksum is made right again, so that the content is looked at.
  private static byte[] damaged(byte[] log, Random random) throws IOException {
    List<EventHeader> headers = new ArrayList<>();
    BinlogParser.fromStart(0, event -> headers.add(event.header())).accept(log, 0, log.length);
    EventHeader header = headers.get(random.nextInt(headers.size()));
    int start = (int) header.offset();
    int size = (int) header.size();
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(log, random.nextInt(log.length));
      }
      case 1 ->
          random
              .ints(random.nextInt(1, 9), 0, log.length)
              .forEach(at -> log[at] = (byte) random.nextInt());
      case 2 -> {
        byte[] noise = new byte[random.nextInt(1, size)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, log, start, noise.length);
      }
      default ->
          random
              .ints(random.nextInt(1, 9), start + 19, start + size)
              .forEach(at -> log[at] = (byte) random.nextInt());
    }
    if (random.nextBoolean()) {
      byte[] event = LogBuilder.summed(Arrays.copyOfRange(log, start, start + size));
      System.arraycopy(event, 0, log, start, size);
    }
    return log;
  }

  private static byte[] withHeader(byte[] head, EventType type, int length) {
    return new Body()
        .raw(head)
        .raw(LogBuilder.header(type.code(), 0, length).bytes())
        .zeros(100)
        .bytes();
  }

  private static void assertFault(Fault fault, long offset, byte[] log) {
    assertThatThrownBy(() -> scan(log))
        .isInstanceOfSatisfying(
            BinlogFormatException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(fault);
              assertThat(e.offset()).isEqualTo(offset);
            });
  }

  private static LogSummary scan(byte[] log) throws IOException {
    LogScan scan = new LogScan(100, ScanListener.NONE);
    scan.accept(log, 0, log.length);
    return scan.summary();
  }
}
