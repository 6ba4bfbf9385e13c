package dev.snapshotjobs.common.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.EventBody.Rows.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows as a server logs them, of every type of column.
class RowCounterTest {
  /// Each with values that have its least and its greatest length.
  private static final List<String> COLUMNS =
      List.of(
          "TINYINT|1|-128",
          "SMALLINT|2|NULL",
          "MEDIUMINT|3|-8388608",
          "INT|4|2147483647",
          "BIGINT|5|9223372036854775807",
          "FLOAT|1.5|2",
          "DOUBLE|1.5|2",
          "DECIMAL(65,30)|1|12345678901234567890123456789012345.5",
          "DECIMAL(3,0)|1|999",
          "DECIMAL(10,9)|1|1.123456789",
          "BIT(1)|b'1'|b'0'",
          "BIT(64)|b'1'|b'0'",
          "BIT(11)|b'1'|b'0'",
          "YEAR|2000|NULL",
          "DATE|'2026-11-22'|NULL",
          "TIME|'01:02:03'|'-838:59:59'",
          "TIME(6)|'01:02:03.4'|NULL",
          "DATETIME|'2026-11-22 01:02:03'|NULL",
          "DATETIME(3)|'2026-11-22 01:02:03.4'|NULL",
          "TIMESTAMP NULL|'2026-11-22 01:02:03'|NULL",
          "TIMESTAMP(5) NULL|'2026-11-22 01:02:03.4'|NULL",
          "CHAR(0)|''|NULL",
          "CHAR(10)|''|'abcdefghij'",
          "CHAR(255) CHARACTER SET utf8mb4|''|REPEAT('ä', 255)",
          "BINARY(16)|''|'abc'",
          "VARCHAR(10)|''|'abcdefghij'",
          "VARCHAR(300)|''|REPEAT('x', 300)",
          "VARBINARY(10)|''|'abc'",
          "VARCHAR(500) COMPRESSED|''|REPEAT('x', 500)",
          "TINYBLOB|''|REPEAT('x', 255)",
          "BLOB|''|REPEAT('x', 60000)",
          "MEDIUMTEXT|''|REPEAT('x', 70000)",
          "LONGTEXT|''|'x'",
          "TEXT COMPRESSED|''|REPEAT('x', 1000)",
          "JSON|'{}'|'[1, 2]'",
          "ENUM('a','b')|'a'|NULL",
          "SET('a','b','c','d','e','f','g','h','i')|'a'|'a,i'",
          "UUID|UUID()|NULL",
          "INET4|'10.0.0.1'|NULL",
          "INET6|'::1'|NULL",
          "POINT|POINT(1, 2)|NULL",
          "GEOMETRY|ST_GeomFromText('LINESTRING(0 0,1 1,2 2)')|NULL");

  private record Counted(Map<Change, Long> rows, long unknown) {}

  private static Counted count(byte[] log, Random pieces) throws IOException {
    Map<Change, Long> rows = new EnumMap<>(Change.class);
    List<EventBody.Rows> unknown = new ArrayList<>();
    BinlogParser parser =
        BinlogParser.countingRows(
            0,
            event -> {
              if (event.body() instanceof EventBody.Rows found) {
                if (found.count().isEmpty()) {
                  unknown.add(found);
                }
                rows.merge(found.change(), found.count().orElse(0), Long::sum);
              }
            });
    for (int at = 0; at < log.length; ) {
      int length = Math.min(log.length - at, 1 + pieces.nextInt(pieces.nextInt(1, 100_000)));
      parser.accept(log, at, length);
      at += length;
    }
    parser.end();
    return new Counted(rows, unknown.size());
  }

  @ParameterizedTest
  @CsvSource({"0, FULL", "1, FULL", "0, MINIMAL", "1, NOBLOB"})
  void countsRowsOfEveryTypeOfColumn(int compress, String image) throws Exception {
    try (LoggingServer server =
        LoggingServer.start(
            "--binlog-format=ROW",
            "--log-bin-compress=" + compress,
            "--log-bin-compress-min-len=10",
            "--binlog-row-image=" + image)) {
      StringBuilder columns = new StringBuilder("id INT AUTO_INCREMENT PRIMARY KEY");
      for (int i = 0; i < COLUMNS.size(); i++) {
        columns.append(", c%d %s".formatted(i, COLUMNS.get(i).split("\\|", -1)[0]));
      }
      server.run("CREATE DATABASE shop", "CREATE TABLE shop.t (" + columns + ")");
      String names =
          java.util.stream.IntStream.range(0, COLUMNS.size())
              .mapToObj(i -> "c" + i)
              .collect(Collectors.joining(","));
      Random random = new Random(7);
      int rows = 40;
      for (int row = 0; row < rows; row++) {
        String values =
            COLUMNS.stream()
                .map(column -> column.split("\\|", -1)[1 + random.nextInt(2)])
                .collect(Collectors.joining(","));
        server.run("INSERT INTO shop.t (%s) VALUES (%s)".formatted(names, values));
      }
      server.run(
          "UPDATE shop.t SET c0 = 5, c25 = 'new'",
          "UPDATE shop.t SET c31 = REPEAT('y', 100000) WHERE id <= 10",
          "INSERT INTO shop.t (%s) SELECT %s FROM shop.t".formatted(names, names),
          "DELETE FROM shop.t WHERE id <= 7",
          "CREATE TABLE shop.other (id INT PRIMARY KEY) ENGINE=Aria",
          "CREATE TRIGGER shop.copy AFTER DELETE ON shop.t FOR EACH ROW"
              + " INSERT INTO shop.other VALUES (OLD.id)",
          "DELETE FROM shop.t WHERE id > 7");
      long left = Long.parseLong(server.ask("SELECT COUNT(*) FROM shop.other"));
      byte[] log = server.bytes(server.rotate());

      Counted counted = count(log, random);

      assertThat(counted.unknown()).isZero();
      assertThat(counted.rows())
          .containsEntry(Change.INSERT, 2L * rows + left)
          .containsEntry(Change.UPDATE, rows + 10L)
          .containsEntry(Change.DELETE, 2L * rows);
    }
  }

  @Test
  void saysThatItDoesNotKnowWhatItCannotTakeApart() throws IOException {
    byte[] log =
        LogBuilder.with(ChecksumAlgorithm.CRC32)
            .gtid(1, 0)
            .add(
                EventType.TABLE_MAP,
                new Body()
                    .u32(18)
                    .u16(0)
                    .u16(1)
                    .u8(1)
                    .text("s")
                    .u8(0)
                    .u8(1)
                    .text("t")
                    .u8(0)
                    .u8(1)
                    .u8(200)
                    .u8(0)
                    .u8(0))
            .add(EventType.WRITE_ROWS_V1, new Body().u32(18).u16(0).u16(1).u8(1).u8(1).u8(0).u8(9))
            .add(EventType.XID, new Body().i64(1))
            .bytes();

    assertThat(count(log, new Random(1)).unknown()).isEqualTo(1);
  }

  static LongStream seeds() {
    return LongStream.range(0, 500);
  }

  /// Events whose checksums hold and whose content is anything at all.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void readsOnWhateverRowsAndTablesHold(long seed) throws IOException {
    Random random = new Random(seed);
    LogBuilder log = LogBuilder.with(ChecksumAlgorithm.CRC32).gtid(1, 0);
    List<EventType> rows =
        Stream.of(EventType.values()).filter(type -> type.name().contains("_ROWS_")).toList();
    for (int i = random.nextInt(1, 10); i > 0; i--) {
      int columns = random.nextInt(6);
      Body table = new Body().u32(5).u16(0).u16(1).u8(1).text("s").u8(0).u8(1).text("t").u8(0);
      table.u8(columns);
      for (int column = random.nextInt(columns + 1); column > 0; column--) {
        table.u8(random.nextInt(256));
      }
      log.add(EventType.TABLE_MAP, table.raw(noise(random, 40)));
      Body content = new Body().u32(5).u16(0).u16(random.nextInt(2));
      log.add(
          rows.get(random.nextInt(rows.size())),
          random.nextBoolean()
              ? content.u8(columns).raw(noise(random, 3000))
              : content.raw(noise(random, 100)));
    }
    log.add(EventType.XID, new Body().i64(1));

    Counted counted = count(log.bytes(), random);

    assertThat(counted.rows().values()).allMatch(count -> count >= 0);
  }

  private static byte[] noise(Random random, int atMost) {
    byte[] noise = new byte[random.nextInt(atMost)];
    random.nextBytes(noise);
    return noise;
  }
}
