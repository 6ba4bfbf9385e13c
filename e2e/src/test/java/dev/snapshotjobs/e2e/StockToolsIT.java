package dev.snapshotjobs.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.archiver.ArchiverProgram;
import dev.snapshotjobs.common.job.JobMain;
import dev.snapshotjobs.common.job.StopSignal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/// The pages about reading the archive and recovering without us, command by command, on what the
/// archiver makes of a MariaDB 11.8.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StockToolsIT {
  private static final String BUCKET = "example-mariadb-archive";
  private static final List<String> BEFORE_THE_COPY =
      List.of(
          "CREATE DATABASE shop",
          "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, article VARBINARY(60))",
          "INSERT INTO shop.orders (article) VALUES ('first')");

  @AutoClose private DatabaseContainer server;
  @AutoClose private StoreContainer store;
  private Page page = new Page("");
  private Program shell = new Program(Map.of());
  private Path folder = Path.of("");
  private String offsetOfTheCopy = "";

  @BeforeAll
  void archive(@TempDir Path empty) throws IOException, SQLException {
    folder = empty;
    Prerequisites.requireDocker("aws", "bash", "docker", "jq", "sha256sum", "zstd");
    page = Page.of("docs/how-to/read-the-archive-with-stock-tools.md");
    store = StoreContainer.start();
    store.client().createBucket(request -> request.bucket(BUCKET));
    shell =
        new Program(
            Map.of(
                "AWS_ENDPOINT_URL",
                store.endpoint().toString(),
                "AWS_ACCESS_KEY_ID",
                StoreContainer.ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY",
                StoreContainer.SECRET_KEY,
                "AWS_DEFAULT_REGION",
                "us-east-1"));
    server = DatabaseContainer.start("--log-bin=mysql-bin", "--binlog-format=ROW");
    try (Session session = server.session()) {
      session.run("RESET MASTER");
      session.run(BEFORE_THE_COPY);
      offsetOfTheCopy = session.ask("SHOW BINLOG STATUS").get(1);
      session.run(
          "INSERT INTO shop.orders (article) VALUES ('second'), (X'00ff0a5c')",
          "FLUSH BINARY LOGS",
          "UPDATE shop.orders SET article = 'changed' WHERE id = 1",
          "DELETE FROM shop.orders WHERE id = 2",
          "FLUSH BINARY LOGS",
          "INSERT INTO shop.orders (article) VALUES ('last that is wanted')",
          "DELETE FROM shop.orders");
    }
    runArchiver();
  }

  private void runArchiver() {
    System.setProperty("aws.accessKeyId", StoreContainer.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", StoreContainer.SECRET_KEY);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        JobMain.run(
            new ArchiverProgram(),
            new String[] {"archive"},
            Map.of(
                "INSTANCE",
                "shop",
                "MARIADB_HOST",
                server.host(),
                "MARIADB_PORT",
                Integer.toString(server.port()),
                "MARIADB_USER",
                "root",
                "MARIADB_PASSWORD",
                DatabaseContainer.PASSWORD,
                "S3_BUCKET",
                BUCKET,
                "S3_ENDPOINT",
                store.endpoint().toString(),
                "S3_PATH_STYLE",
                "true"),
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            new PrintStream(err, true, UTF_8),
            InstantSource.system(),
            new StopSignal());
    assertThat(exit).as(err.toString(UTF_8)).isZero();
  }

  private String follow(String heading, Path directory) {
    return follow(heading, directory, "no-server");
  }

  /// The server's tools come out of its image, as the page says where there are none.
  ///
  /// @param target of a replay, by the container's id
  private String follow(String heading, Path directory, String target) {
    return run(directory, target, page.commands(heading));
  }

  private String run(Path directory, String target, String commands) {
    String script =
        """
        set -euo pipefail
        cd '%s'
        mariadb-binlog() { docker run --rm -v "$PWD":/logs -w /logs mariadb:11.8 mariadb-binlog "$@"; }
        mariadb() { docker exec -i %s mariadb -uroot -p%s "$@"; }
        """
            .formatted(directory, target, DatabaseContainer.PASSWORD);
    return shell.run("bash", "-c", script + commands);
  }

  private Path timeline() {
    return folder.resolve("0001");
  }

  @Test
  @Order(1)
  void fetchesIt() {
    String output = follow("Fetch it", folder);

    assertThat(output).contains("PRE 0001/", "\"reason\":\"first\"");
    assertThat(timeline().resolve("mysql-bin.000002.json")).isRegularFile();
  }

  @Test
  @Order(2)
  void checksIt() {
    String output = follow("Check it", timeline());

    assertThat(output.lines())
        .contains(
            "mysql-bin.000001.zst: OK",
            "mysql-bin.000002.zst: OK",
            "mysql-bin.000001: OK",
            "mysql-bin.000002: OK",
            "mysql-bin.000002\t0-1-4\t0-1-6\trotated",
            "true");
    assertThat(server.logFiles())
        .containsEntry("mysql-bin.000001", sum("mysql-bin.000001"))
        .containsEntry("mysql-bin.000002", sum("mysql-bin.000002"));
  }

  private String sum(String file) {
    return shell.run("sha256sum", timeline().resolve(file).toString()).substring(0, 64);
  }

  @Test
  @Order(3)
  void unpacksTheLogThatIsBeingWritten() {
    assertThat(follow("Unpack the log that is being written", timeline()).lines())
        .contains("mysql-bin.000003: OK");
  }

  @Test
  @Order(4)
  void looksIntoIt() {
    String output = follow("Look into it", timeline());

    assertThat(output).contains("### DELETE FROM `shop`.`orders`", "@2='second'");
  }

  @Test
  @Order(5)
  void replaysItUpToATransaction() throws SQLException {
    try (DatabaseContainer copy = DatabaseContainer.start("--skip-log-bin");
        Session session = copy.session()) {
      session.run(BEFORE_THE_COPY);

      follow("Replay it", timeline(), copy.id());

      assertThat(
              session.ask(
                  "SELECT GROUP_CONCAT(id, ' ', HEX(article) ORDER BY id) FROM shop.orders"))
          .containsExactly(
              "1 %s,3 00FF0A5C,4 %s".formatted(hex("changed"), hex("last that is wanted")));
    }
  }

  @Test
  @Order(6)
  void recoversByHandToRightBeforeATransaction(@TempDir Path empty)
      throws IOException, SQLException {
    store
        .client()
        .putObject(
            request -> request.bucket(BUCKET).key("shop/catalog/shop-20261122-170000.json"),
            RequestBody.fromString(
                """
                {"snapshot": {"name": "shop-20261122-170000"}, "labels": {}, "annotations": {
                  "mariadb-snapshot-jobs/binlog-file": "mysql-bin.000001",
                  "mariadb-snapshot-jobs/binlog-offset": "%s",
                  "mariadb-snapshot-jobs/gtid-binlog-pos": "0-1-3"}}
                """
                    .formatted(offsetOfTheCopy)));
    try (DatabaseContainer copy = DatabaseContainer.start("--log-bin=mysql-bin");
        Session session = copy.session()) {
      session.run("RESET MASTER");
      session.run(BEFORE_THE_COPY);
      Page byHand = Page.of("docs/how-to/replay-by-hand.md");

      String replayed =
          run(
              empty,
              copy.id(),
              Stream.of(
                      "Where the snapshot ends",
                      "The logs from there on",
                      "Where it has to end",
                      "Replay")
                  .map(byHand::commands)
                  .collect(Collectors.joining("\n")));

      assertThat(replayed.strip()).contains("up to mysql-bin.000003").endsWith("0-1-7");
      assertThat(
              session.ask(
                  "SELECT GROUP_CONCAT(id, ' ', HEX(article) ORDER BY id) FROM shop.orders"))
          .containsExactly(
              "1 %s,3 00FF0A5C,4 %s".formatted(hex("changed"), hex("last that is wanted")));

      run(empty, copy.id(), byHand.commands("Before anybody uses it"));

      session.run("DELETE FROM shop.orders");
      assertThat(session.ask("SELECT @@gtid_binlog_pos")).containsExactly("0-1-1000000001");
    }
  }

  private static String hex(String text) {
    return HexFormat.of().withUpperCase().formatHex(text.getBytes(UTF_8));
  }
}
