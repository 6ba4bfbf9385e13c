package dev.snapshotjobs.restore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// What several sessions do, drawn from one seed: scripts of a few statements each, mixed with
/// those of other sessions. Some statements fail, on locks of others or in states in which they are
/// not allowed: a log has its own way of telling that. Nothing is done whose result is not
/// determined by what the log has of it.
record OracleWorkload(Random random, int sessions, RareWork rare) {
  OracleWorkload(Random random, int sessions) {
    this(random, sessions, new RareWork(random, new AtomicInteger()));
  }

  /// The next statement of one of the sessions.
  record Step(int session, String sql) {}

  static List<String> schema() {
    return Stream.concat(common().stream(), RareWork.schema().stream()).toList();
  }

  private static List<String> common() {
    return List.of(
        "CREATE DATABASE many",
        "USE many",
        "CREATE TABLE safe (id INT AUTO_INCREMENT PRIMARY KEY, n INT, what LONGTEXT, at TIMESTAMP"
            + " DEFAULT CURRENT_TIMESTAMP, KEY (n))",
        "CREATE TABLE fast (id INT AUTO_INCREMENT PRIMARY KEY, n INT, what TEXT) ENGINE=MyISAM",
        "CREATE TABLE paged (id INT AUTO_INCREMENT PRIMARY KEY, n INT, what TEXT) ENGINE=Aria",
        "CREATE TABLE versioned (id INT PRIMARY KEY, n INT) WITH SYSTEM VERSIONING",
        "CREATE SEQUENCE numbers",
        "CREATE TRIGGER counted AFTER INSERT ON safe FOR EACH ROW INSERT INTO paged(n) VALUES"
            + " (NEW.n)",
        "CREATE PROCEDURE several(IN n INT) BEGIN INSERT INTO safe(n) VALUES (n);"
            + " INSERT INTO fast(n) VALUES (n); INSERT INTO safe(n) VALUES (n + 1); END");
  }

  /// What each session begins with: none of them waits for another.
  static List<String> opening() {
    return List.of(
        "USE many",
        "SET lock_wait_timeout = 0, innodb_lock_wait_timeout = 0, sql_mode = '', binlog_format ="
            + " MIXED");
  }

  /// About as many statements; every script that is begun is ended.
  List<Step> steps(int statements) {
    List<Deque<String>> scripts =
        Stream.generate(() -> (Deque<String>) new ArrayDeque<String>()).limit(sessions).toList();
    List<Step> steps = new ArrayList<>();
    while (true) {
      List<Integer> open = new ArrayList<>();
      for (int session = 0; session < sessions; session++) {
        if (!scripts.get(session).isEmpty()) {
          open.add(session);
        }
      }
      boolean more = steps.size() < statements;
      if (!more && open.isEmpty()) {
        return steps;
      }
      int session = more ? random.nextInt(sessions) : open.get(random.nextInt(open.size()));
      Deque<String> script = scripts.get(session);
      if (script.isEmpty()) {
        script.addAll(script(session));
      }
      steps.add(new Step(session, script.remove()));
    }
  }

  private List<String> script(int session) {
    String name = "'" + random.nextInt(1_000_000) + "'";
    String table = "made_" + random.nextInt(5);
    String event = "event_" + random.nextInt(4);
    String scratch = "scratch_" + session;
    return switch (random.nextInt(39)) {
      case 0, 1 -> transaction("COMMIT");
      case 2 -> transaction("ROLLBACK");
      case 3 -> List.of("SET SESSION binlog_format = " + one("ROW", "MIXED"));
      case 4 -> List.of("SET SESSION gtid_domain_id = " + random.nextInt(3));
      case 5 -> List.of("SET SESSION server_id = " + (1 + random.nextInt(3)));
      case 6 -> xa(name, List.of("PREPARE", "COMMIT"));
      case 7 -> xa(name, List.of("PREPARE", "ROLLBACK"));
      case 8 ->
          List.of(
              "XA START " + name, change(), "XA END " + name, "XA COMMIT " + name + " ONE PHASE");
      case 9 ->
          List.of(
              "CREATE OR REPLACE TABLE "
                  + table
                  + " AS SELECT n, what FROM safe ORDER BY id LIMIT 9");
      case 10 -> List.of("ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS more INT DEFAULT 3");
      case 11 ->
          List.of(
              "SET binlog_alter_two_phase = 1",
              "ALTER TABLE " + table + " FORCE, ADD KEY (n)",
              "SET binlog_alter_two_phase = 0");
      case 12 ->
          List.of(
              "CREATE TEMPORARY TABLE IF NOT EXISTS " + scratch + " (n INT)",
              "INSERT INTO " + scratch + " VALUES (" + random.nextInt(50) + ")",
              "INSERT INTO " + table() + "(n) SELECT n FROM " + scratch + " ORDER BY n",
              random.nextBoolean() ? "DROP TEMPORARY TABLE " + scratch : "DO 0");
      case 13 -> List.of("INSERT INTO " + table() + "(n) SELECT n FROM " + scratch + " ORDER BY n");
      case 14 -> List.of("DROP TABLE IF EXISTS " + table, "TRUNCATE TABLE " + one("fast", "paged"));
      case 15 ->
          List.of("CREATE TABLE " + table + " LIKE paged", "RENAME TABLE " + table + " TO made_9");
      case 16 -> List.of("SET GLOBAL log_bin_compress = " + random.nextInt(2));
      case 17 ->
          List.of(
              random.nextInt(4) > 0
                  ? "FLUSH BINARY LOGS"
                  : "SET GLOBAL binlog_checksum = " + one("CRC32", "NONE"));
      case 18 ->
          List.of(
              "CREATE OR REPLACE DEFINER = "
                  + one("root@localhost", "archiver@'%'")
                  + " EVENT "
                  + event
                  + " ON SCHEDULE EVERY 1 DAY "
                  + one("", "DISABLE ", "DISABLE ON SLAVE ", "COMMENT 'ENABLE' ")
                  + "DO DELETE FROM safe");
      case 19 ->
          List.of(
              "ALTER EVENT "
                  + event
                  + one(" DISABLE", " ENABLE", " COMMENT 'DISABLE'", " RENAME TO event_9"));
      case 20 -> List.of("DROP EVENT IF EXISTS " + one(event, "event_9"));
      case 21 ->
          List.of(
              "SET SESSION binlog_format = STATEMENT",
              "UPDATE safe SET what = CONCAT('statement ', n) WHERE n < " + random.nextInt(30),
              "INSERT INTO fast(n, what) VALUES (" + random.nextInt(50) + ", @mine := 'mine')",
              "LOAD DATA INFILE './rows.txt' INTO TABLE many.paged(what)",
              "SET SESSION binlog_format = MIXED");
      case 22 ->
          List.of(
              "SET timestamp = " + one("1500000000", "2100000000", "UNIX_TIMESTAMP() + 3600"),
              change(),
              "SET timestamp = DEFAULT");
      case 23 ->
          List.of(
              "INSERT INTO safe(n, what) SELECT seq, REPEAT('large ', 400) FROM seq_1_to_"
                  + (100 + random.nextInt(400)));
      case 24 ->
          List.of(
              "CREATE OR REPLACE USER someone IDENTIFIED BY 'x'",
              "GRANT " + one("SELECT", "ALL") + " ON many.* TO someone",
              random.nextBoolean() ? "DROP USER someone" : "DO 0");
      case 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36 -> rare.script();
      default -> List.of(change());
    };
  }

  private List<String> xa(String name, List<String> ends) {
    return Stream.concat(
            Stream.of("XA START " + name, transactional(), transactional(), "XA END " + name),
            ends.stream().map(end -> "XA " + end + " " + name))
        .toList();
  }

  private List<String> transaction(String end) {
    return List.of(
        "BEGIN",
        change(),
        "SAVEPOINT here",
        change(),
        random.nextBoolean() ? "ROLLBACK TO here" : change(),
        end);
  }

  private String transactional() {
    return "INSERT INTO safe(n, what) VALUES (%d, UUID())".formatted(random.nextInt(50));
  }

  private String change() {
    String table = table();
    int n = random.nextInt(50);
    return switch (random.nextInt(11)) {
      case 0 -> "UPDATE %s SET what = REPEAT('u', %d) WHERE n = %d".formatted(table, 40 * n, n);
      case 1 -> "DELETE FROM %s WHERE n = %d".formatted(table, n);
      case 2 -> "CALL several(%d)".formatted(n);
      case 3 -> "REPLACE INTO versioned VALUES (%d, %d)".formatted(random.nextInt(9), n);
      case 4 -> "INSERT INTO %s(n) VALUES (NEXT VALUE FOR numbers)".formatted(table);
      case 5 -> "INSERT INTO %s(n, what) VALUES (RAND() * 50, UUID())".formatted(table);
      case 6 ->
          "REPLACE INTO %s(id, n, what) VALUES (%d, %d, 'replaced')".formatted(table, n + 1, n);
      case 7 -> // fails at the second row, when a table without rollback has kept the first
          "INSERT INTO %s(id, n) VALUES (NULL, %d), (1, 1), (1, 2)".formatted(table, n);
      case 8 ->
          "INSERT INTO %s(n, what) SELECT seq, REPEAT('many ', 100) FROM seq_1_to_%d"
              .formatted(table, 1 + n);
      default -> "INSERT INTO %s(n, what) VALUES (%d, 'COMMIT')".formatted(table, n);
    };
  }

  private String table() {
    return one("safe", "safe", "fast", "paged");
  }

  private String one(String... choices) {
    return Arrays.asList(choices).get(random.nextInt(choices.length));
  }
}
