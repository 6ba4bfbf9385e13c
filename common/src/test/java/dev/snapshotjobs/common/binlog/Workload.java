package dev.snapshotjobs.common.binlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Statements that make a server log nearly every kind of event, one by one.
public final class Workload {
  private Workload() {}

  public static List<String> schema() {
    return List.of(
        "CREATE DATABASE shop",
        "USE shop",
        "CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, what LONGTEXT, at TIMESTAMP)",
        "CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT) ENGINE=MyISAM",
        "CREATE TABLE pages (id INT PRIMARY KEY, what VARCHAR(200)) ENGINE=Aria",
        "CREATE SEQUENCE numbers",
        "CREATE FUNCTION added(n INT) RETURNS INT BEGIN INSERT INTO orders(what) VALUES (n);"
            + " RETURN n; END");
  }

  /// What is done in each binlog format.
  public static List<String> statements(Path rows) {
    List<String> all = new ArrayList<>();
    all.addAll(
        List.of(
            "INSERT INTO orders(what) VALUES ('one'), ('two'), ('three')",
            "UPDATE orders SET what = 'COMMIT' WHERE id < 3",
            "DELETE FROM orders WHERE what = 'nothing at all'",
            "INSERT INTO notes(what) VALUES ('kept')",
            "INSERT INTO pages VALUES (FLOOR(RAND() * 1000000000), 'aria')",
            "SET @mine = 'it is mine'",
            "INSERT INTO orders(what) VALUES (@mine)",
            "INSERT INTO orders(what) VALUES (UUID())",
            "INSERT INTO orders(what) VALUES (LAST_INSERT_ID())",
            "SELECT added(7)",
            "SELECT NEXT VALUE FOR numbers",
            "INSERT INTO orders(what) VALUES (NEXT VALUE FOR numbers)",
            "LOAD DATA INFILE '" + rows + "' INTO TABLE orders(what)",
            "LOAD DATA INFILE '" + rows + "' INTO TABLE notes(what)",
            "TRUNCATE TABLE notes",
            "CREATE TEMPORARY TABLE scratch (n INT)",
            "INSERT INTO scratch VALUES (1), (2)",
            "INSERT INTO orders(what) SELECT n FROM scratch",
            "DROP TEMPORARY TABLE scratch",
            "CREATE TABLE copied AS SELECT * FROM orders LIMIT 5",
            "CREATE OR REPLACE TABLE copied ENGINE=Aria AS SELECT * FROM orders LIMIT 5",
            "ALTER TABLE copied ADD COLUMN more INT DEFAULT 3",
            "CREATE INDEX by_what ON copied (what(10))",
            "ANALYZE TABLE copied",
            "OPTIMIZE TABLE copied",
            "RENAME TABLE copied TO renamed",
            "DROP TABLE renamed",
            "CREATE USER someone IDENTIFIED BY 'COMMIT'",
            "GRANT SELECT ON shop.* TO someone",
            "DROP USER someone"));
    all.addAll(transactions());
    return all;
  }

  private static List<String> transactions() {
    return List.of(
        "BEGIN",
        "INSERT INTO orders(what) VALUES ('in a transaction')",
        "SAVEPOINT here",
        "INSERT INTO orders(what) VALUES ('undone')",
        "ROLLBACK TO SAVEPOINT here",
        "INSERT INTO orders(what) VALUES ('kept')",
        "COMMIT",
        "BEGIN",
        "INSERT INTO orders(what) VALUES ('gone')",
        "INSERT INTO notes(what) VALUES ('not gone')",
        "SAVEPOINT mixed",
        "INSERT INTO notes(what) VALUES ('nor this')",
        "ROLLBACK TO SAVEPOINT mixed",
        "ROLLBACK",
        "BEGIN",
        "INSERT INTO orders(what) VALUES ('gone too')",
        "ROLLBACK",
        "XA START 'first', 'branch', 7",
        "INSERT INTO orders(what) VALUES ('prepared')",
        "XA END 'first', 'branch', 7",
        "XA PREPARE 'first', 'branch', 7",
        "XA COMMIT 'first', 'branch', 7",
        "XA START 'second'",
        "INSERT INTO orders(what) VALUES ('given up')",
        "XA END 'second'",
        "XA PREPARE 'second'",
        "XA ROLLBACK 'second'",
        "XA START 'third'",
        "INSERT INTO orders(what) VALUES ('at once')",
        "XA END 'third'",
        "XA COMMIT 'third' ONE PHASE",
        "SET SESSION gtid_domain_id = 7",
        "INSERT INTO orders(what) VALUES ('another domain')",
        "SET SESSION gtid_domain_id = 0",
        "SET SESSION server_id = 42",
        "INSERT INTO orders(what) VALUES ('another server')",
        "SET SESSION server_id = 1",
        "SET SESSION skip_replication = 1",
        "INSERT INTO orders(what) VALUES ('not for replicas')",
        "SET SESSION skip_replication = 0",
        "SET SESSION binlog_alter_two_phase = 1",
        "ALTER TABLE orders ADD COLUMN two_phase INT",
        "ALTER TABLE orders DROP COLUMN two_phase",
        "SET SESSION binlog_alter_two_phase = 0",
        "FLUSH TABLES",
        "FLUSH ENGINE LOGS");
  }

  /// A file for LOAD DATA that takes more than one event.
  public static Path rows(LoggingServer server) throws IOException {
    Path rows = server.dataDir().resolve("rows.txt");
    Files.writeString(rows, "a line of the file\n".repeat(15_000));
    return Files.setPosixFilePermissions(rows, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
