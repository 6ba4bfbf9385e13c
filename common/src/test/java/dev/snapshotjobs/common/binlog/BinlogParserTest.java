package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BinlogParserTest {
  private static final int TEXT = 300;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  @Test
  void findsEveryByteOfALogInOneOfItsEvents() throws IOException {
    for (Map.Entry<String, byte[]> log : RealLogs.all().entrySet()) {
      long end = 4;
      for (Event event : events(log.getValue())) {
        assertThat(event.header().offset()).as(log.getKey()).isEqualTo(end);
        end = event.header().end();
      }
      assertThat(end).as(log.getKey()).isEqualTo(log.getValue().length);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void givesTheSameEventsHoweverTheBytesAreCut(long seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> logs = List.copyOf(RealLogs.all().values());
    byte[] log = logs.get(random.nextInt(logs.size()));
    int longest = 1 << random.nextInt(16);
    List<Event> events = new ArrayList<>();

    BinlogParser parser = BinlogParser.fromStart(TEXT, events::add);
    for (int at = 0, length; at < log.length; at += length) {
      length = Math.min(log.length - at, random.nextInt(longest + 1));
      parser.accept(log, at, length);
    }
    parser.end();

    assertThat(events).isEqualTo(events(log));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void goesOnFromTheEndOfAnyEvent(long seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> logs = List.copyOf(RealLogs.all().values());
    byte[] log = logs.get(random.nextInt(logs.size()));
    List<Event> all = events(log);
    int known = random.nextInt(1, all.size());
    long offset = all.get(known - 1).header().end();
    List<Event> events = new ArrayList<>();

    BinlogParser parser =
        BinlogParser.resuming(
            offset, (EventBody.FormatDescription) all.getFirst().body(), TEXT, events::add);
    parser.accept(log, (int) offset, log.length - (int) offset);

    assertThat(events).isEqualTo(all.subList(known, all.size()));
  }

  @Test
  void readsWhatEventsSay() throws IOException {
    List<EventBody> rows = bodies("ROW");

    assertThat(rows)
        .contains(
            new EventBody.AnnotateRows("INSERT INTO notes(what) VALUES ('kept')", 39),
            new EventBody.Query(6, "shop", "DROP USER someone", 17, 0, true),
            new EventBody.Rotate("bin.000003", 4))
        .anyMatch(body -> body instanceof EventBody.TableMap map && map.table().equals("pages"))
        .anyMatch(
            body ->
                body instanceof EventBody.XaPrepare(XaId id, boolean onePhase)
                    && id.equals(new XaId(7, "6669727374", "6272616e6368"))
                    && !onePhase);
    assertThat(rows.getFirst())
        .isEqualTo(
            new EventBody.FormatDescription("11.4.5-MariaDB-log", ChecksumAlgorithm.CRC32, false));
    assertThat(changes(rows)).contains(EventBody.Rows.Change.INSERT, EventBody.Rows.Change.UPDATE);
    assertThat(begins(rows))
        .anyMatch(begin -> begin.gtid().domainId() == 7)
        .anyMatch(begin -> begin.gtid().serverId() == 42)
        .anyMatch(begin -> begin.flags().preparedXa())
        .anyMatch(begin -> begin.flags().completedXa())
        .anyMatch(begin -> begin.flags().ddl())
        .anyMatch(begin -> begin.flags().startsAlter())
        .anyMatch(
            begin ->
                begin.flags().commitsAlter() && begin.startAlter() == begin.gtid().sequence() - 1);
  }

  @Test
  void readsCompressedStatementsAsTheyWere() throws IOException {
    String statement = "INSERT INTO orders(what) VALUES (LEFT('" + "long ".repeat(200) + "', 30))";

    assertThat(bodies("compressed"))
        .contains(
            new EventBody.Query(
                6, "shop", statement.substring(0, TEXT), statement.length(), 0, true))
        .anyMatch(body -> body instanceof EventBody.Rows rows && rows.compressed());
  }

  @Test
  void keepsOfAStatementWhatItIsTold() throws IOException {
    byte[] log =
        LogBuilder.with(ChecksumAlgorithm.NONE).query("CREATE TABLE a_long_name (n INT)").bytes();
    List<Event> events = new ArrayList<>();

    BinlogParser.fromStart(20, events::add).accept(log, 0, log.length);

    assertThat(events.getLast().body())
        .isEqualTo(new EventBody.Query(7, "shop", "CREATE TABLE a_long_", 32, 0, true));
  }

  @Test
  void needsNoMoreMemoryForAnEventOfAGigabyteThanForAnyOther() throws IOException {
    byte[] piece = new byte[1 << 20];
    byte[] head = LogBuilder.with(ChecksumAlgorithm.CRC32).bytes();
    byte[] header = LogBuilder.header(EventType.WRITE_ROWS_V1.code(), 0, 1 << 30).bytes();
    CRC32 crc = new CRC32();
    crc.update(header);
    List<Event> events = new ArrayList<>();
    BinlogParser parser = BinlogParser.fromStart(TEXT, events::add);
    long before = allocated();

    parser.accept(head, 0, head.length);
    parser.accept(header, 0, header.length);
    for (int left = (1 << 30) - header.length - 4; left > 0; left -= piece.length) {
      int length = Math.min(left, piece.length);
      parser.accept(piece, 0, length);
      crc.update(piece, 0, length);
    }
    parser.accept(new Body().u32(crc.getValue()).bytes(), 0, 4);

    assertThat(allocated() - before).isLessThan(1 << 20);
    assertThat(events.getLast().header().size()).isEqualTo(1 << 30);
  }

  static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  private static List<Event> events(byte[] log) throws IOException {
    List<Event> events = new ArrayList<>();
    BinlogParser parser = BinlogParser.fromStart(TEXT, events::add);
    parser.accept(log, 0, log.length);
    parser.end();
    return events;
  }

  private static List<EventBody> bodies(String log) throws IOException {
    return events(RealLogs.get(log)).stream().map(Event::body).toList();
  }

  private static Stream<EventBody.Rows.Change> changes(List<EventBody> bodies) {
    return bodies.stream()
        .flatMap(body -> body instanceof EventBody.Rows rows ? Stream.of(rows.change()) : null);
  }

  private static Stream<EventBody.GtidBegin> begins(List<EventBody> bodies) {
    return bodies.stream()
        .flatMap(body -> body instanceof EventBody.GtidBegin begin ? Stream.of(begin) : null);
  }
}
