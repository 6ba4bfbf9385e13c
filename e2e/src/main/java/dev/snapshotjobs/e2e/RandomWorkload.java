package dev.snapshotjobs.e2e;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// What several sessions do, statement by statement, all drawn from one seed. Some statements fail,
/// on locks of other sessions or in states in which they are not allowed: a log has its own way of
/// telling that.
record RandomWorkload(long seed, int sessions, int statements) {

  /// The next statement of one of the sessions.
  record Step(int session, String sql) {}

  static List<String> schema() {
    return List.of(
        "CREATE DATABASE many",
        "USE many",
        "CREATE TABLE safe (id INT AUTO_INCREMENT PRIMARY KEY, n INT, what LONGTEXT, KEY (n))",
        "CREATE TABLE fast (id INT AUTO_INCREMENT PRIMARY KEY, n INT, what TEXT) ENGINE=MyISAM",
        "CREATE TABLE paged (id INT AUTO_INCREMENT PRIMARY KEY, n INT, what TEXT) ENGINE=Aria",
        "CREATE SEQUENCE numbers",
        "CREATE PROCEDURE several(IN n INT) BEGIN INSERT INTO safe(n) VALUES (n);"
            + " INSERT INTO fast(n) VALUES (n); INSERT INTO safe(n) VALUES (n + 1); END",
        "CREATE FUNCTION twofold(n INT) RETURNS INT BEGIN INSERT INTO paged(n) VALUES (n);"
            + " INSERT INTO safe(n) VALUES (n); RETURN n; END");
  }

  /// What each session begins with: none of them waits for another.
  static List<String> opening() {
    return List.of(
        "USE many", "SET lock_wait_timeout = 0, innodb_lock_wait_timeout = 0, sql_mode = ''");
  }

  List<Step> steps() {
    Random random = new Random(seed);
    List<Deque<String>> scripts =
        Stream.generate(() -> (Deque<String>) new ArrayDeque<String>()).limit(sessions).toList();
    List<Step> steps = new ArrayList<>();
    while (steps.size() < statements) {
      int session = random.nextInt(sessions);
      Deque<String> script = scripts.get(session);
      if (script.isEmpty()) {
        script.addAll(script(random));
      }
      steps.add(new Step(session, script.remove()));
    }
    return steps;
  }

  private static List<String> script(Random random) {
    String name = "'" + random.nextInt(1_000_000) + "'";
    String table = "made_" + random.nextInt(5);
    return switch (random.nextInt(17)) {
      case 0 -> transaction(random, "COMMIT");
      case 1 -> transaction(random, "ROLLBACK");
      case 2 -> List.of("SET SESSION binlog_format = " + one(random, "ROW", "MIXED", "STATEMENT"));
      case 3 -> List.of("SET SESSION gtid_domain_id = " + random.nextInt(3));
      case 4 -> List.of("SET SESSION server_id = " + (1 + random.nextInt(3)));
      case 5 -> xa(random, name, List.of("PREPARE", "COMMIT"));
      case 6 -> xa(random, name, List.of("PREPARE", "ROLLBACK"));
      case 7 -> List.of("XA START " + name, change(random), "XA END " + name, onePhase(name));
      case 8 ->
          List.of("CREATE OR REPLACE TABLE " + table + " AS SELECT n, what FROM safe LIMIT 9");
      case 9 -> List.of("ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS more INT DEFAULT 3");
      case 10 ->
          List.of("SET binlog_alter_two_phase = 1", "ALTER TABLE " + table + " FORCE, ADD KEY (n)");
      case 11 ->
          List.of(
              "CREATE TEMPORARY TABLE scratch (n INT)",
              "INSERT INTO scratch SELECT n FROM safe LIMIT 5",
              "INSERT INTO " + table(random) + "(n) SELECT n FROM scratch",
              "DROP TEMPORARY TABLE scratch");
      case 12 -> List.of("DROP TABLE IF EXISTS " + table, "TRUNCATE TABLE " + table(random));
      case 13 -> List.of("CREATE TABLE " + table + " LIKE paged", "FLUSH TABLES " + table);
      case 14 -> List.of("SET GLOBAL log_bin_compress = " + random.nextInt(2));
      case 15 ->
          List.of(
              random.nextInt(4) > 0
                  ? "FLUSH BINARY LOGS"
                  : "SET GLOBAL binlog_checksum = " + one(random, "CRC32", "NONE"));
      default -> List.of(change(random));
    };
  }

  private static String onePhase(String name) {
    return "XA COMMIT " + name + " ONE PHASE";
  }

  private static List<String> xa(Random random, String name, List<String> ends) {
    return Stream.concat(
            Stream.of("XA START " + name, change(random), change(random), "XA END " + name),
            ends.stream().map(end -> "XA " + end + " " + name))
        .toList();
  }

  private static List<String> transaction(Random random, String end) {
    return List.of(
        "BEGIN",
        change(random),
        "SAVEPOINT here",
        change(random),
        random.nextBoolean() ? "ROLLBACK TO here" : change(random),
        end);
  }

  private static String change(Random random) {
    String table = table(random);
    int n = random.nextInt(50);
    return switch (random.nextInt(10)) {
      case 0 -> "UPDATE %s SET what = REPEAT('u', %d) WHERE n = %d".formatted(table, 40 * n, n);
      case 1 -> "DELETE FROM %s WHERE n = %d".formatted(table, n);
      case 2 -> "CALL several(%d)".formatted(n);
      case 3 -> "SELECT twofold(%d)".formatted(n);
      case 4 -> "INSERT INTO %s(n) VALUES (NEXT VALUE FOR numbers)".formatted(table);
      case 5 -> "INSERT INTO %s(n, what) VALUES (RAND() * 50, UUID())".formatted(table);
      case 6 -> "REPLACE INTO %s VALUES (%d, %d, 'replaced')".formatted(table, n + 1, n);
      case 7 -> // fails at the second row, when a table without rollback has kept the first
          "INSERT INTO %s(id, n) VALUES (NULL, %d), (1, 1), (1, 2)".formatted(table, n);
      case 8 ->
          "INSERT INTO %s(n, what) SELECT seq, REPEAT('many ', 100) FROM seq_1_to_%d"
              .formatted(table, 1 + n);
      default -> "INSERT INTO %s(n, what) VALUES (%d, 'COMMIT')".formatted(table, n);
    };
  }

  private static String table(Random random) {
    return one(random, "safe", "safe", "fast", "paged");
  }

  private static String one(Random random, String... choices) {
    return Arrays.asList(choices).get(random.nextInt(choices.length));
  }
}
