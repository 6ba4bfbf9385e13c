package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a real server tells about itself.
class ServerInspectionTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private static ProtectedShop shop;

  @BeforeAll
  static void open() throws Exception {
    shop =
        ProtectedShop.open(
            "--log-bin=mysql-bin",
            "--server-id=1",
            "--binlog-ignore-db=scratch",
            "--symbolic-links");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @Test
  void namesTheFilesOfTablesThatLieElsewhere() throws Exception {
    Path elsewhere = Files.createTempDirectory("elsewhere");
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxrwxrwx"));
    shop.on(
        shop.pod(),
        "CREATE DATABASE moved",
        "CREATE TABLE moved.at_home (id INT) ENGINE = InnoDB",
        "CREATE TABLE moved.innodb (id INT) ENGINE = InnoDB DATA DIRECTORY = '" + elsewhere + "'",
        "CREATE TABLE moved.myisam (id INT) ENGINE = MyISAM DATA DIRECTORY = '" + elsewhere + "'",
        "CREATE TABLE moved.aria (id INT, KEY (id)) ENGINE = MyISAM INDEX DIRECTORY = '"
            + elsewhere
            + "'");

    // InnoDB tells the file, and each of the three tables tells its folder.
    assertThat(facts().dataFiles())
        .containsExactlyInAnyOrder(
            elsewhere.resolve("moved/innodb.ibd").toString(),
            elsewhere.toString() + "/",
            elsewhere.toString() + "/",
            elsewhere.toString() + "/");
    shop.on(shop.pod(), "DROP DATABASE moved");
  }

  @Test
  void countsTheTablesOfEachEngine() throws Exception {
    shop.on(
        shop.pod(),
        "CREATE DATABASE counted",
        "CREATE TABLE counted.a (id INT) ENGINE = MEMORY",
        "CREATE TABLE counted.b (id INT) ENGINE = MEMORY",
        "CREATE VIEW counted.v AS SELECT 1");

    assertThat(facts().engines()).contains(new ServerFacts.EngineUse("MEMORY", 2, "counted.a"));
    shop.on(shop.pod(), "DROP DATABASE counted");
  }

  /// information_schema has types of their own for these.
  @Test
  void countsSequencesAndVersionedTablesToo() throws Exception {
    shop.on(
        shop.pod(),
        "CREATE DATABASE counted",
        "CREATE SEQUENCE counted.numbers ENGINE = MyISAM",
        "CREATE TABLE counted.versioned (id INT) ENGINE = Aria WITH SYSTEM VERSIONING");

    assertThat(facts().engines())
        .contains(
            new ServerFacts.EngineUse("MyISAM", 1, "counted.numbers"),
            new ServerFacts.EngineUse("Aria", 1, "counted.versioned"));
    shop.on(shop.pod(), "DROP DATABASE counted");
  }

  @Test
  void knowsTheRightsAndTheFilters() throws Exception {
    ServerFacts facts = facts();

    assertThat(facts.account()).isEqualTo("'jobs'@'%'");
    assertThat(facts.globalPrivileges()).contains("RELOAD", "BINLOG MONITOR", "PROCESS");
    assertThat(facts.variable("binlog_ignore_db")).isEqualTo("scratch");
    assertThat(facts.replication()).isEqualTo(new ServerFacts.Replication.None());
    assertThat(facts.isOn("log_bin")).isTrue();
    assertThat(facts.version()).startsWith("11.4");
  }

  @Test
  void readsRightsThatComeFromARole() throws Exception {
    shop.on(
        shop.pod(),
        "CREATE ROLE backup",
        "GRANT RELOAD, PROCESS ON *.* TO backup",
        "CREATE USER by_role@'%' IDENTIFIED BY ''",
        "GRANT backup TO by_role@'%'",
        "SET DEFAULT ROLE backup FOR by_role@'%'");

    assertThat(factsAs("by_role", "").globalPrivileges()).contains("RELOAD", "PROCESS");
  }

  @Test
  void refusesASnapshotThatWouldBeOnlyAPart() throws Exception {
    Path elsewhere = Files.createTempDirectory("elsewhere");
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxrwxrwx"));
    shop.on(
        shop.pod(),
        "CREATE DATABASE part",
        "CREATE TABLE part.t (id INT) ENGINE = InnoDB DATA DIRECTORY = '" + elsewhere + "'");

    ProtectedShop.Ended ended = shop.run();

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("files-elsewhere");
    assertThat(shop.snapshots()).isEmpty();
    shop.on(shop.pod(), "DROP DATABASE part");
  }

  private static ServerFacts facts() throws Exception {
    return factsAs("jobs", ProtectedShop.PASSWORD);
  }

  private static ServerFacts factsAs(String user, String password) throws Exception {
    try (Connection connection =
        DriverManager.getConnection(shop.pod().jdbcUrl(""), user, password)) {
      return new ServerInspection(connection).facts(Duration.ofSeconds(10));
    }
  }
}
