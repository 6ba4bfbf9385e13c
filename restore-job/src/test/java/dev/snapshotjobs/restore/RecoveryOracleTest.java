package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.restore.HarshRestore.Death;
import dev.snapshotjobs.restore.OracleWorkload.Step;
import dev.snapshotjobs.sandbox.MariaDbServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What was planned is what one gets: random work of several sessions, an end of each kind at a
/// random moment, deaths on the way, and the restored databases are what they were then. One seed
/// again: `-Dtest=RecoveryOracleTest -Doracle.seed=17`; many: `mvn -Poracle`, see CONTRIBUTING.md.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecoveryOracleTest {
  private static final int SESSIONS = 4;

  /// So many seeds together meet everything that is drawn.
  private static final int ENOUGH = 20;

  /// Of what stands in the place of a plan's end.
  private enum End {
    LAST,
    NEXT,
    TIME,
    LATEST,
    PREPARED,
    ALTER_BEGUN
  }

  private final Set<End> ends = EnumSet.noneOf(End.class);
  private final List<Death> tried = new ArrayList<>();
  private final List<Death> met = new ArrayList<>();

  /// Statements without their numbers and strings, and whether one of the kind was carried out.
  private final Map<String, Boolean> statements = new TreeMap<>();

  private int seeds;

  static Stream<Long> seeds() {
    Long one = Long.getLong("oracle.seed");
    long first = Long.getLong("oracle.first", 1);
    return one != null
        ? Stream.of(one)
        : LongStream.range(first, first + Long.getLong("oracle.seeds", ENOUGH)).boxed();
  }

  /// So that it does not become easy unnoticed.
  @AfterAll
  void hasMetEverything() {
    if (seeds < ENOUGH) {
      return;
    }
    assertThat(ends).containsAll(EnumSet.allOf(End.class));
    assertThat(met)
        .as("of %s", tried)
        .contains(Death.values())
        .hasSizeGreaterThan(tried.size() * 3 / 4);
    assertThat(statements).as("never carried out").doesNotContainValue(false);
  }

  /// A moment at which no transaction is open.
  ///
  /// @param target that leads there
  private record Moment(List<String> target, DatabaseState state) {}

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void restoresWhatWasThereAtThatMoment(long seed) throws Exception {
    seeds++;
    Random random = new Random(seed);
    try (ArchivedShop shop =
        new ArchivedShop(
            "--binlog-annotate-row-events=1",
            "--innodb-flush-log-at-trx-commit=1",
            "--sync-binlog=1",
            // Nobody cuts the power: what a killed server has written is there.
            "--innodb-flush-method=nosync",
            "--debug-no-sync=1")) {
      shop.server.run(OracleWorkload.schema().toArray(String[]::new));
      Path rows = shop.server.dataDir().resolve("rows.txt");
      Files.writeString(rows, "a line of the file\n".repeat(500));
      Files.setPosixFilePermissions(rows, PosixFilePermissions.fromString("rw-r--r--"));
      OracleWorkload workload = new OracleWorkload(random, SESSIONS);
      work(shop.server, workload.steps(40));
      Path copy = shop.copy("shop-monday");
      Moment moment = moment(shop, workload, random);
      String id = shop.plan(moment.target().toArray(String[]::new));
      shop.server.kill(); // a recovery needs the archive alone

      try (HarshRestore restore = new HarshRestore(shop, id, random)) {
        RestorePod pod = restore.run(copy);
        tried.addAll(restore.tried);
        met.addAll(restore.met);
        MariaDbServer restored = pod.putInService();
        try (Connection connection = restored.connect("")) {
          Map<String, String> found = DatabaseState.of(connection).parts();
          assertThat(found)
              .as("%s, behind %s", moment.target(), restore.met)
              .isEqualTo(moment.state().parts());
        }
        pod.killServer();
      }
    }
  }

  /// Works on, now and then with an end of the server, and remembers a moment between.
  private Moment moment(ArchivedShop shop, OracleWorkload workload, Random random)
      throws Exception {
    int stretches = 1 + random.nextInt(3);
    for (int stretch = 0; stretch < stretches; stretch++) {
      work(shop.server, workload.steps(60));
      switch (random.nextInt(4)) {
        case 0 -> {
          // One that dies forgets how far a sequence was, and that a prepared transaction was
          // rolled back, which its log does not: then it is no oracle.
          shop.server.run("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS");
          shop.server.kill();
          shop.server.startAgain();
        }
        case 1 -> {
          shop.server.stop();
          shop.server.startAgain();
        }
        case 2 -> assertThat(shop.archive().exit()).isZero();
        default -> {} // goes on
      }
    }
    End end = End.values()[random.nextInt(End.values().length)];
    ends.add(end);
    work(shop.server, List.of(new Step(0, "INSERT INTO safe(n) VALUES (1)")));
    if (end == End.PREPARED) {
      work(
          shop.server,
          Stream.of(
                  "XA START 'last'",
                  "INSERT INTO safe(n) VALUES (2)",
                  "XA END 'last'",
                  "XA PREPARE 'last'")
              .map(sql -> new Step(0, sql))
              .toList());
    }
    DatabaseState state;
    try (Connection connection = shop.server.server().connect("")) {
      state = DatabaseState.of(connection);
    }
    // The last one is of domain 0: a session of its own has written it.
    String last = inDomain0(shop.server.ask("SELECT @@gtid_binlog_pos"));
    return new Moment(target(end, last, shop, workload, random), state);
  }

  /// Goes on behind the moment, and archives all of it.
  private List<String> target(
      End end, String last, ArchivedShop shop, OracleWorkload workload, Random random)
      throws Exception {
    List<String> target =
        switch (end) {
          case LAST -> List.of("--to-gtid", last);
          case NEXT -> {
            work(shop.server, List.of(new Step(0, "INSERT INTO fast(n) VALUES (2)")));
            yield List.of("--before-gtid", inDomain0(shop.server.ask("SELECT @@gtid_binlog_pos")));
          }
          case TIME -> {
            assertThat(shop.archive().exit()).isZero();
            Instant then = Instant.now();
            shop.server.run("DO SLEEP(1.1)");
            yield List.of("--to", then.toString());
          }
          case LATEST -> List.of("--to-latest");
          case PREPARED -> {
            work(
                shop.server,
                List.of(
                    new Step(0, random.nextBoolean() ? "XA COMMIT 'last'" : "XA ROLLBACK 'last'")));
            yield List.of("--to-gtid", last);
          }
          case ALTER_BEGUN -> { // sessions take turns, so that nothing comes between its halves
            work(
                shop.server,
                List.of(
                    new Step(0, "SET binlog_alter_two_phase = 1"),
                    new Step(0, "ALTER TABLE safe FORCE, ADD KEY late (what(5))")));
            String ended = inDomain0(shop.server.ask("SELECT @@gtid_binlog_pos"));
            assertThat(List.of(ended, before(ended))).doesNotContain(last);
            yield random.nextBoolean()
                ? List.of("--before-gtid", ended)
                : List.of("--to-gtid", before(ended));
          }
        };
    if (end != End.LATEST) {
      work(shop.server, workload.steps(30));
    }
    assertThat(shop.archive().exit()).isZero();
    return target;
  }

  private static String before(String gtid) {
    int dash = gtid.lastIndexOf('-');
    return gtid.substring(0, dash + 1) + (Long.parseLong(gtid.substring(dash + 1)) - 1);
  }

  private static String inDomain0(String position) {
    return Stream.of(position.split(","))
        .filter(gtid -> gtid.startsWith("0-"))
        .findFirst()
        .orElseThrow();
  }

  private void work(LoggingServer server, List<Step> steps) throws SQLException {
    List<Connection> sessions = new ArrayList<>();
    try {
      for (int session = 0; session < SESSIONS; session++) {
        Connection connection = server.server().connect("");
        sessions.add(connection);
        for (String sql : OracleWorkload.opening()) {
          execute(connection, sql);
        }
      }
      for (Step step : steps) {
        try {
          execute(sessions.get(step.session()), step.sql());
          statements.put(shape(step.sql()), true);
        } catch (SQLException e) {
          if (!step.sql().contains("(NULL, ")) { // is meant to fail
            statements.putIfAbsent(shape(step.sql()), false);
          }
          // Of another session's lock, or not allowed now.
          assertThat(sessions.get(step.session()).isClosed()).as(e.getMessage()).isFalse();
        }
      }
    } finally {
      for (Connection session : sessions) {
        session.close();
      }
    }
  }

  private static String shape(String sql) {
    return sql.replaceAll("'[^']*'|\\d+", "?");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
