package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.LoggingServer;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What was planned is what one gets: random work of several sessions, an end of each kind at a
/// random moment, and the restored databases are what they were then. One seed again:
/// `-Dtest=RecoveryOracleTest -Doracle.seed=17`; many: `-Doracle.seeds=200`.
class RecoveryOracleTest {
  private static final int SESSIONS = 4;

  static Stream<Long> seeds() {
    Long one = Long.getLong("oracle.seed");
    return one != null
        ? Stream.of(one)
        : LongStream.rangeClosed(1, Long.getLong("oracle.seeds", 12)).boxed();
  }

  /// A moment at which no transaction is open.
  ///
  /// @param target that leads there
  private record Moment(List<String> target, DatabaseState state) {}

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void restoresWhatWasThereAtThatMoment(long seed) throws Exception {
    Random random = new Random(seed);
    try (ArchivedShop shop =
        new ArchivedShop(
            "--binlog-annotate-row-events=1",
            "--innodb-flush-log-at-trx-commit=1",
            "--sync-binlog=1")) {
      shop.server.run(OracleWorkload.schema().toArray(String[]::new));
      Path rows = shop.server.dataDir().resolve("rows.txt");
      Files.writeString(rows, "a line of the file\n".repeat(500));
      Files.setPosixFilePermissions(rows, PosixFilePermissions.fromString("rw-r--r--"));
      OracleWorkload workload = new OracleWorkload(random, SESSIONS);
      work(shop.server, workload.steps(40));
      Path copy = shop.copy("shop-monday");
      Moment moment = moment(shop, workload, random);

      String id = shop.plan(moment.target().toArray(String[]::new));
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        assertThat(pod.inspect()).satisfies(RecoveryOracleTest::succeeded);
        pod.start();
        String pieces = random.nextBoolean() ? "4Ki" : "64Mi";
        assertThat(pod.replay("--batch-size", pieces)).satisfies(RecoveryOracleTest::succeeded);
        MariaDbServer restored = pod.putInService();
        try (Connection connection = restored.connect("")) {
          Map<String, String> found = DatabaseState.of(connection).parts();
          assertThat(found).as(moment.target().toString()).isEqualTo(moment.state().parts());
        }
      }
    }
  }

  private static void succeeded(ArchivedShop.Ended ended) {
    assertThat(ended.exit()).as(ended.err()).isZero();
  }

  /// Works on, now and then with an end of the server, and remembers a moment between.
  private static Moment moment(ArchivedShop shop, OracleWorkload workload, Random random)
      throws Exception {
    int stretches = 1 + random.nextInt(3);
    for (int stretch = 0; stretch < stretches; stretch++) {
      work(shop.server, workload.steps(60));
      switch (random.nextInt(4)) {
        case 0 -> {
          // One that dies forgets how far a sequence was, and that a prepared transaction was
          // rolled
          // back, which its log does not: then it is no oracle.
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
    work(shop.server, List.of(new Step(0, "INSERT INTO safe(n) VALUES (1)")));
    DatabaseState state;
    try (Connection connection = shop.server.server().connect("")) {
      state = DatabaseState.of(connection);
    }
    // The last one is of domain 0: a session of its own has written it.
    String last = inDomain0(shop.server.ask("SELECT @@gtid_binlog_pos"));
    List<String> target = new ArrayList<>();
    int kind = random.nextInt(4);
    if (kind == 2) {
      assertThat(shop.archive().exit()).isZero();
      Instant then = Instant.now();
      target.addAll(List.of("--to", then.toString()));
      shop.server.run("DO SLEEP(1.1)");
    }
    if (kind == 3) {
      target.add("--to-latest");
    } else {
      work(shop.server, List.of(new Step(0, "INSERT INTO fast(n) VALUES (2)")));
      String next = inDomain0(shop.server.ask("SELECT @@gtid_binlog_pos"));
      work(shop.server, workload.steps(30));
      if (kind < 2) {
        target.addAll(kind == 0 ? List.of("--to-gtid", last) : List.of("--before-gtid", next));
      }
    }
    assertThat(shop.archive().exit()).isZero();
    return new Moment(target, state);
  }

  private static String inDomain0(String position) {
    return Stream.of(position.split(","))
        .filter(gtid -> gtid.startsWith("0-"))
        .findFirst()
        .orElseThrow();
  }

  private static void work(LoggingServer server, List<Step> steps) throws SQLException {
    List<Connection> sessions = new ArrayList<>();
    try {
      for (int session = 0; session < SESSIONS; session++) {
        Connection connection = server.server().connect("");
        sessions.add(connection);
        for (String sql : OracleWorkload.opening()) {
          run(connection, sql);
        }
      }
      for (Step step : steps) {
        try {
          run(sessions.get(step.session()), step.sql());
        } catch (SQLException e) {
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

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
