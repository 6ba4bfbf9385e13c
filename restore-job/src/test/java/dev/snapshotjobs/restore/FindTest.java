package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.archiver.ArchiverProgram;
import dev.snapshotjobs.common.binlog.LoggingServer;
import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.JobProgram;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A table is dropped, and somebody asks who did it: with a real server, a bucket that the real
/// archiver has filled, and nothing but the bucket to ask.
class FindTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static LoggingServer server;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static S3Server s3;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String dropped;

  @BeforeAll
  static void archive() throws Exception {
    s3 = S3Server.start();
    System.setProperty("aws.accessKeyId", s3.accessKey());
    System.setProperty("aws.secretAccessKey", s3.secretKey());
    server = LoggingServer.start("--binlog-format=ROW", "--binlog-annotate-row-events=1");
    server.run(
        "CREATE USER archiver@'%' IDENTIFIED BY 's3cret'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO archiver@'%'",
        "CREATE DATABASE shop",
        "USE shop",
        "CREATE TABLE orders (id INT PRIMARY KEY, price INT)",
        "CREATE TABLE items (id INT PRIMARY KEY)",
        "INSERT INTO orders SELECT seq, 1 FROM seq_1_to_5000");
    server.rotate();
    server.run("DELETE FROM orders WHERE id <= 1200", "DELETE FROM orders WHERE id = 1201");
    server.rotate();
    server.run("DROP TABLE orders");
    dropped = server.ask("SELECT @@gtid_binlog_pos");
    server.run("INSERT INTO items VALUES (1)");
    assertThat(run(new ArchiverProgram(), Map.of(), "archive").exit()).isZero();
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
    s3.close();
  }

  @AfterEach
  void repair() {
    s3.faults().clear();
  }

  private record Ended(int exit, String out, String err) {
    JsonNode outcome() {
      return JsonMapper.shared().readTree(err.lines().toList().getLast()).path("outcome");
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  private static Ended run(JobProgram program, Map<String, String> more, String... args) {
    Map<String, String> environment = new HashMap<>();
    environment.put("INSTANCE", "shop");
    environment.put("S3_BUCKET", S3Server.BUCKET);
    environment.put("S3_ENDPOINT", s3.endpoint().toString());
    environment.put("S3_PATH_STYLE", "true");
    if (program instanceof ArchiverProgram) {
      environment.put("MARIADB_HOST", server.server().address());
      environment.put("MARIADB_PORT", Integer.toString(server.server().port()));
      environment.put("MARIADB_USER", "archiver");
      environment.put("MARIADB_PASSWORD", "s3cret");
    }
    environment.putAll(more);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        JobMain.run(
            program,
            args,
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            InstantSource.system(),
            new StopSignal());
    return new Ended(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  private static Ended find(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "find";
    System.arraycopy(args, 0, all, 1, args.length);
    return run(new RestoreProgram(), Map.of(), all);
  }

  @Test
  void namesTheDropAndWhatARecoveryTakes() {
    Ended ended = find("--table", "shop.orders");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("DROP TABLE")
        .contains("delete 1,200 rows")
        .contains("DELETE FROM orders WHERE id <= 1200")
        .doesNotContain("insert")
        .endsWith(
            "\nTo recover to right before the last of them: --before-gtid %s --timeline 0001\n"
                .formatted(dropped));
    assertThat(ended.outcome().path("message").asString()).contains("--before-gtid " + dropped);
  }

  @Test
  void narrowsByKindRowsAndNumber() {
    JsonNode large =
        find(
                "--table",
                "shop.orders",
                "--kind",
                "delete,insert",
                "--min-rows",
                "1000",
                "--output",
                "json")
            .json();
    JsonNode last = find("--table", "shop.orders", "--limit", "1", "--output", "json").json();
    JsonNode none =
        find("--table", "shop.orders", "--to", "2001-01-01T00:00:00Z", "--output", "json").json();

    assertThat(large.path("found").asInt()).isEqualTo(2);
    assertThat(large.at("/transactions/0/changes/0/rows").asInt()).isEqualTo(5000);
    assertThat(large.at("/transactions/1/changes/0/rows").asInt()).isEqualTo(1200);
    assertThat(last.path("transactions").size()).isEqualTo(1);
    assertThat(last.path("found").asInt()).isEqualTo(5);
    assertThat(last.at("/before/gtid").asString()).isEqualTo(dropped);
    assertThat(none.path("found").asInt()).isZero();
  }

  @Test
  void saysWhatCouldNotBeSearchedAndShowsTheRest() {
    s3.faults().add(S3FaultRule.answer("GetObject", "bin.000002.zst", 404, "NoSuchKey").always());

    Ended ended = find("--table", "shop.orders");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out()).contains("DROP TABLE", "Not searched: bin.000002 of timeline 0001");
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("searched-in-part");
  }

  @Test
  void saysThatNothingWasDone() {
    Ended ended = find("--table", "other.customers");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out()).isEqualTo("Nothing of the kind was done to other.customers.\n");
    assertThat(ended.outcome().path("verdict").asString()).isEqualTo("nothing-found");
  }

  @Test
  void asksForTheRightBucketWhereNothingIsArchived() {
    Ended ended = run(new RestoreProgram(), Map.of("INSTANCE", "other"), "find", "--table", "a.b");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("nothing-archived");
  }
}
