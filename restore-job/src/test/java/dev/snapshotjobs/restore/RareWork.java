package dev.snapshotjobs.restore;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/// Scripts of what few servers do, and each of them will once: settings of sessions that change
/// what a statement means, tables of unusual shape, accounts, and objects with definers. Each
/// script leaves its session as it was.
record RareWork(Random random, AtomicInteger jumps) {
  private static final String PERSON = "CREATE OR REPLACE USER someone IDENTIFIED BY 'x'";

  static List<String> schema() {
    return List.of(
        "GRANT ALL ON many.* TO archiver@'%'",
        "CREATE SEQUENCE strict NOCACHE",
        "CREATE TABLE shaped (id INT AUTO_INCREMENT PRIMARY KEY, n INT, twice INT AS (n * 2) STORED,"
            + " half INT AS (n DIV 2) VIRTUAL, hidden INT INVISIBLE DEFAULT 7, doc JSON, place POINT,"
            + " raw MEDIUMBLOB, ticket BIGINT DEFAULT NEXT VALUE FOR strict,"
            + " here DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6), KEY (half), CHECK (n < 1000))",
        "CREATE TABLE parent (id INT PRIMARY KEY, n INT)",
        "CREATE TABLE child (id INT AUTO_INCREMENT PRIMARY KEY, parent INT,"
            + " FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE)",
        "CREATE TABLE parted (id INT, n INT) PARTITION BY RANGE (n) (PARTITION low VALUES LESS THAN"
            + " (10), PARTITION mid VALUES LESS THAN (30), PARTITION high VALUES LESS THAN MAXVALUE)",
        "CREATE TABLE swapped (id INT, n INT)",
        "CREATE TABLE booked (id INT, since DATE, until DATE, PERIOD FOR stay (since, until))",
        "CREATE TABLE `größe x``y` (`ünd` INT PRIMARY KEY, `select` VARCHAR(50)) CHARACTER SET latin1",
        "CREATE TABLE one (id INT AUTO_INCREMENT PRIMARY KEY, n INT)",
        "CREATE TABLE two (id INT AUTO_INCREMENT PRIMARY KEY, n INT) ENGINE=Aria");
  }

  List<String> script() {
    int n = random.nextInt(50);
    return switch (random.nextInt(5)) {
      case 0, 1 -> ofASetting(n);
      case 2 -> ofAShape(n);
      case 3 -> ofAnAccount();
      default -> ofSeveral(n);
    };
  }

  private List<String> ofASetting(int n) {
    return switch (random.nextInt(16)) {
      case 0 ->
          List.of(
              "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
              "INSERT INTO \"safe\"(n, \"what\") VALUES (%d, 'C:\\')".formatted(n),
              "CREATE OR REPLACE EVENT \"event_1\" ON SCHEDULE EVERY 1 DAY DISABLE COMMENT 'C:\\'"
                  + " DO DELETE FROM \"safe\" WHERE what = 'ENABLE'",
              "SET sql_mode = ''");
      case 1 ->
          List.of(
              "SET time_zone = '+05:00'",
              "INSERT INTO shaped(n, here) VALUES (%d, NOW(6))".formatted(n),
              "SET time_zone = DEFAULT");
      case 2 ->
          List.of(
              "SET auto_increment_increment = 3, auto_increment_offset = 2",
              "INSERT INTO one(n) VALUES (%d), (2)".formatted(n),
              "SET auto_increment_increment = DEFAULT, auto_increment_offset = DEFAULT");
      case 3 ->
          List.of(
              "SET foreign_key_checks = 0, unique_checks = 0",
              "INSERT INTO child(parent) VALUES (%d)".formatted(100 + n),
              "SET foreign_key_checks = 1, unique_checks = 1");
      case 4 ->
          List.of(
              "SET STATEMENT sql_mode = 'NO_AUTO_VALUE_ON_ZERO' FOR REPLACE INTO one(id, n) VALUES"
                  + " (0, %d)".formatted(n));
      case 5 ->
          List.of(
              "SET binlog_format = ROW, binlog_row_image = " + one("MINIMAL", "NOBLOB"),
              "UPDATE safe SET n = n + 1 WHERE n = %d".formatted(n),
              "UPDATE shaped SET n = n + 1 WHERE n < %d".formatted(n),
              "SET binlog_format = MIXED, binlog_row_image = FULL");
      case 6 ->
          List.of(
              "SET skip_replication = 1",
              "INSERT INTO safe(n, what) VALUES (%d, 'skipped')".formatted(n),
              "SET skip_replication = 0");
      case 7 -> // not in the log, so not in what is compared
          List.of(
              "SET sql_log_bin = 0",
              "CREATE TABLE IF NOT EXISTS unlogged (n INT)",
              "INSERT INTO unlogged VALUES (%d)".formatted(n),
              "SET sql_log_bin = 1");
      case 8 ->
          List.of(
              "SET gtid_seq_no = " + 100_000 * jumps.incrementAndGet(),
              "INSERT INTO safe(n, what) VALUES (%d, 'jump')".formatted(n));
      case 9 ->
          List.of(
              "SET system_versioning_insert_history = 1",
              "INSERT INTO versioned(id, n, row_start, row_end) VALUES (%d, 1, '2020-01-01',"
                      .formatted(100 + n)
                  + " '2021-01-01')",
              "SET system_versioning_insert_history = 0");
      case 10 ->
          List.of(
              "SET system_versioning_alter_history = KEEP",
              "ALTER TABLE versioned "
                  + one("ADD COLUMN IF NOT EXISTS e INT DEFAULT 4", "DROP COLUMN IF EXISTS e"),
              "SET system_versioning_alter_history = ERROR",
              "DELETE HISTORY FROM versioned BEFORE SYSTEM_TIME '2020-06-01'");
      case 11 ->
          List.of(
              "SET collation_connection = latin1_german2_ci",
              "INSERT INTO safe(n, what) VALUES (%d, 'größe')".formatted(n),
              "SET collation_connection = utf8mb4_uca1400_ai_ci");
      case 12 ->
          List.of(
              "SET binlog_format = STATEMENT, @mine = %d".formatted(n),
              "INSERT INTO fast(n, what) SELECT RAND() * 50, @mine FROM seq_1_to_5",
              "INSERT INTO one(n) VALUES (@mine), (LAST_INSERT_ID())",
              "SET binlog_format = MIXED");
      case 13 ->
          List.of(
              "SET binlog_format = ROW",
              "INSERT INTO safe(n, what) VALUES (%d, REPEAT('large', %d))"
                  .formatted(n, 300_000 + random.nextInt(20)),
              "SET binlog_format = MIXED");
      case 14 ->
          List.of(
              "SET insert_id = " + (10_000 + 50 * jumps.incrementAndGet()),
              "INSERT INTO one(n) VALUES (%d), (1)".formatted(n));
      default ->
          List.of(
              "CREATE OR REPLACE TEMPORARY TABLE fast (n INT)",
              "INSERT INTO fast VALUES (%d)".formatted(n),
              "INSERT INTO safe(n) SELECT n FROM fast",
              "DROP TEMPORARY TABLE fast");
    };
  }

  private List<String> ofAShape(int n) {
    return switch (random.nextInt(10)) {
      case 0, 1 ->
          List.of(
              "INSERT INTO shaped(n, hidden, doc, place, raw) VALUES (%d, 1, '{\"ä\": [1, 2]}',"
                      .formatted(n)
                  + " POINT(1, 2), UNHEX(REPEAT('00FF275C', %d)))".formatted(n),
              "UPDATE shaped SET doc = JSON_SET(doc, '$.b', n) WHERE half = %d".formatted(n / 2),
              "DELETE FROM shaped WHERE twice = %d".formatted(n));
      case 2 ->
          List.of(
              "INSERT IGNORE INTO parent VALUES (%d, %d)".formatted(n % 5, n),
              "INSERT INTO child(parent) VALUES (%d), (%d)".formatted(n % 5, n % 5),
              "UPDATE IGNORE parent SET id = id + 5 WHERE id = %d".formatted(n % 3),
              "DELETE FROM parent WHERE id = %d".formatted(n % 7));
      case 3 ->
          List.of(
              "INSERT INTO parted VALUES (1, %d), (2, 15)".formatted(n),
              "INSERT INTO swapped VALUES (3, 12)",
              "ALTER TABLE parted EXCHANGE PARTITION mid WITH TABLE swapped",
              "ALTER TABLE parted TRUNCATE PARTITION low");
      case 4 ->
          List.of(
              "ALTER TABLE parted REORGANIZE PARTITION mid, high INTO (PARTITION mid VALUES LESS"
                  + " THAN (30), PARTITION high VALUES LESS THAN MAXVALUE)");
      case 5 ->
          List.of(
              "INSERT INTO booked VALUES (%d, '2026-01-01', '2026-12-31')".formatted(n),
              "DELETE FROM booked FOR PORTION OF stay FROM '2026-02-01' TO '2026-03-01'",
              "UPDATE booked FOR PORTION OF stay FROM '2026-04-01' TO '2026-05-01' SET id = id + 1");
      case 6 ->
          List.of(
              "REPLACE INTO `größe x``y` VALUES (%d, 'ä''\\\\')".formatted(n),
              "ALTER TABLE `größe x``y` CONVERT TO CHARACTER SET " + one("latin1", "utf8mb4"));
      case 7 ->
          List.of(
              "ALTER TABLE shaped ADD COLUMN IF NOT EXISTS later INT DEFAULT (n + 1),"
                  + " ALGORITHM=COPY",
              "ALTER TABLE child ADD COLUMN IF NOT EXISTS first VARCHAR(5) DEFAULT 'x' FIRST,"
                  + " ALGORITHM=INSTANT",
              "ALTER TABLE child DROP COLUMN IF EXISTS " + one("first", "none"));
      case 8 ->
          List.of(
              "CREATE DATABASE IF NOT EXISTS `also-ü` CHARACTER SET latin1",
              "CREATE TABLE IF NOT EXISTS `also-ü`.t AS SELECT n FROM safe ORDER BY id LIMIT 3",
              "ALTER DATABASE `also-ü` CHARACTER SET utf8mb4",
              one("DO 0", "DROP DATABASE `also-ü`"));
      default ->
          List.of(
              "DO SETVAL(strict, %d)".formatted(10_000 + 50 * jumps.incrementAndGet()),
              "SELECT NEXT VALUE FOR strict",
              "ALTER SEQUENCE numbers INCREMENT BY " + (1 + n % 3));
    };
  }

  private List<String> ofAnAccount() {
    return switch (random.nextInt(8)) {
      case 0 ->
          List.of(
              "CREATE ROLE IF NOT EXISTS reader",
              "GRANT SELECT, INSERT (n) ON many.safe TO reader",
              PERSON,
              "GRANT reader TO someone",
              "SET DEFAULT ROLE reader FOR someone");
      case 1 ->
          List.of(
              PERSON,
              "ALTER USER someone " + one("ACCOUNT LOCK", "PASSWORD EXPIRE NEVER"),
              "SET PASSWORD FOR someone = PASSWORD('" + random.nextInt(99) + "')",
              "GRANT EXECUTE ON PROCEDURE many.several TO someone");
      case 2 ->
          List.of(
              PERSON,
              "DROP USER IF EXISTS other",
              "RENAME USER someone TO other",
              "REVOKE ALL, GRANT OPTION FROM other");
      case 3 -> List.of("DROP ROLE IF EXISTS reader", "FLUSH PRIVILEGES");
      case 4 ->
          List.of(
              "CREATE OR REPLACE DEFINER = archiver@'%' SQL SECURITY "
                  + one("INVOKER", "DEFINER")
                  + " VIEW seen AS SELECT n, COUNT(*) AS c FROM safe GROUP BY n",
              "INSERT INTO one(n) SELECT c FROM seen ORDER BY n");
      case 5 ->
          List.of(
              "CREATE OR REPLACE DEFINER = archiver@'%' FUNCTION doubled(n INT) RETURNS INT MODIFIES"
                  + " SQL DATA BEGIN INSERT INTO fast(n) VALUES (n); RETURN n * 2; END",
              "INSERT INTO safe(n) VALUES (doubled(4)), (doubled(5))",
              one("DO doubled(6)", "DROP FUNCTION doubled"));
      case 6 ->
          List.of(
              "CREATE OR REPLACE DEFINER = archiver@'%' TRIGGER noted BEFORE UPDATE ON safe FOR EACH"
                  + " ROW SET NEW.at = OLD.at",
              "UPDATE safe SET what = 'noted' WHERE n = " + random.nextInt(50),
              one("DO 0", "DROP TRIGGER noted"));
      default ->
          List.of(
              "SET sql_mode = ORACLE",
              "CREATE OR REPLACE PACKAGE tools AS PROCEDURE put(n INT); END",
              "CREATE OR REPLACE PACKAGE BODY tools AS PROCEDURE put(n INT) AS BEGIN INSERT INTO"
                  + " safe(n) VALUES (n); END; END",
              "SET sql_mode = ''",
              "CALL tools.put(3)",
              one("DO 0", "DROP PACKAGE tools"));
    };
  }

  private List<String> ofSeveral(int n) {
    return switch (random.nextInt(8)) {
      case 0 ->
          List.of(
              "LOCK TABLES safe WRITE, fast WRITE, paged WRITE",
              "INSERT INTO safe(n) VALUES (%d)".formatted(n),
              "INSERT INTO fast(n) VALUES (%d)".formatted(n),
              "UNLOCK TABLES");
      case 1 ->
          List.of(
              "DO GET_LOCK('a', 0)",
              "INSERT INTO safe(n) VALUES (GET_LOCK('a', 0) + %d)".formatted(n),
              "DO RELEASE_LOCK('a')");
      case 2 -> List.of(one("OPTIMIZE", "ANALYZE", "REPAIR") + " TABLE fast, safe, paged");
      case 3 -> List.of("RENAME TABLE one TO three, two TO one, three TO two");
      case 4 ->
          List.of(
              "UPDATE safe s JOIN fast f ON s.n = f.n SET s.what = 'joined', f.n = f.n + 1 WHERE"
                  + " s.n = %d".formatted(n));
      case 5 -> List.of("DELETE s, p FROM safe s JOIN paged p ON s.n = p.n WHERE s.n = " + n);
      case 6 ->
          List.of(
              "INSERT INTO safe(id, n) VALUES (%d, 5) ON DUPLICATE KEY UPDATE n = VALUES(n) + 1"
                  .formatted(n + 1),
              "INSERT INTO one(n) VALUES (%d) RETURNING id, n".formatted(n));
      default ->
          List.of(
              "BEGIN NOT ATOMIC INSERT INTO safe(n) VALUES (1); INSERT INTO fast(n) VALUES (2); END");
    };
  }

  private String one(String... choices) {
    return Arrays.asList(choices).get(random.nextInt(choices.length));
  }
}
