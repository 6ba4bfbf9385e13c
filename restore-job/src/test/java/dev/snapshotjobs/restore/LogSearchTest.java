package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.LoggingServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real server has logged, in each of its formats.
class LogSearchTest {
  private static final Set<ChangeKind> ALL = EnumSet.allOf(ChangeKind.class);

  @SuppressWarnings("NullAway.Init") // each test sets it
  private LoggingServer server;

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  private List<FoundTransaction> search(byte[] log, String table, Set<ChangeKind> kinds, long rows)
      throws Exception {
    List<FoundTransaction> found = new ArrayList<>();
    Search search =
        new Search(TableName.parse(table), kinds, Optional.empty(), Optional.empty(), rows);
    LogSearch reader = new LogSearch(TimelineId.FIRST, "bin.000001", search, found::add);
    for (int at = 0; at < log.length; at += 1000) {
      reader.accept(log, at, Math.min(1000, log.length - at));
    }
    return found;
  }

  private static List<String> kinds(List<FoundTransaction> found) {
    return found.stream()
        .flatMap(one -> one.changes().stream())
        .map(
            change ->
                change.kind() + (change.rows().isPresent() ? " " + change.rows().getAsLong() : ""))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void findsWhatARowFormatLogHas(int compress) throws Exception {
    server =
        LoggingServer.start(
            "--binlog-format=ROW",
            "--binlog-annotate-row-events=1",
            "--log-bin-compress=" + compress,
            "--log-bin-compress-min-len=10");
    server.run(
        "CREATE DATABASE shop",
        "USE shop",
        "CREATE TABLE orders (id INT PRIMARY KEY, price INT)",
        "CREATE TABLE items (id INT PRIMARY KEY)",
        "INSERT INTO orders SELECT seq, 0 FROM seq_1_to_100",
        "INSERT INTO items SELECT seq FROM seq_1_to_10",
        "UPDATE orders SET price = 1 WHERE id <= 30",
        "DELETE orders, items FROM orders JOIN items USING (id)",
        "BEGIN",
        "DELETE FROM orders WHERE id = 50",
        "INSERT INTO orders VALUES (50, 2)",
        "COMMIT",
        "TRUNCATE TABLE orders",
        "RENAME TABLE orders TO orders_old, items TO orders",
        "INSERT INTO orders VALUES (1000)",
        "DROP TABLE orders",
        "DROP DATABASE shop");
    String last = server.ask("SELECT @@gtid_binlog_pos");
    byte[] log = server.bytes(server.rotate());

    List<FoundTransaction> found = search(log, "shop.orders", ALL, 0);

    assertThat(kinds(found))
        .containsExactly(
            "ddl", // the database: all that is in it
            "ddl",
            "insert 100",
            "update 30",
            "delete 10",
            "insert 1",
            "delete 1",
            "truncate",
            "ddl",
            "insert 1",
            "ddl",
            "ddl");
    assertThat(found.getLast().statement()).isEqualTo("DROP DATABASE shop");
    assertThat(found.getLast().transaction().gtid()).hasToString(last);
    assertThat(found.get(4).statement()).startsWith("DELETE orders, items");
    assertThat(kinds(search(log, "SHOP.Items", Set.of(ChangeKind.DELETE), 0)))
        .containsExactly("delete 10");
    assertThat(kinds(search(log, "shop.orders", ALL, 31)))
        .as("what has no row count is never left out")
        .containsExactly("ddl", "ddl", "insert 100", "truncate", "ddl", "ddl", "ddl");
    assertThat(search(log, "other.orders", ALL, 0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"STATEMENT", "MIXED"})
  void findsWhatAStatementSays(String format) throws Exception {
    server = LoggingServer.start("--binlog-format=" + format, "--secure-file-priv=");
    Path file = Files.createTempFile("rows", ".txt");
    Files.writeString(file, "7\n8\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    server.run(
        "CREATE DATABASE shop",
        "CREATE DATABASE other",
        "CREATE TABLE shop.orders (id INT PRIMARY KEY)",
        "USE shop",
        "INSERT INTO orders VALUES (1), (2)",
        "UPDATE orders SET id = id + 10",
        "LOAD DATA INFILE '" + file + "' INTO TABLE orders",
        "USE other",
        "CREATE TABLE orders (id INT)",
        "INSERT INTO orders VALUES (1)",
        "DELETE FROM shop.orders WHERE id > 0",
        "CREATE TEMPORARY TABLE scratch (id INT)",
        "DROP TABLE shop.orders");
    byte[] log = server.bytes(server.rotate());

    List<FoundTransaction> found = search(log, "shop.orders", ALL, 1);

    assertThat(kinds(found))
        .containsExactly(
            "ddl",
            "ddl",
            "insert",
            "update",
            // Which rows a LOAD DATA makes depends on the server, so MIXED has them.
            format.equals("MIXED") ? "insert 2" : "insert",
            "delete",
            "ddl");
    assertThat(found.get(4).statement()).startsWith("LOAD DATA");
    Files.delete(file);
  }
}
