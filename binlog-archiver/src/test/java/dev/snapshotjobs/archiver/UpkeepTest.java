package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What stops a run that may change the server before it has done anything.
class UpkeepTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  @Test
  void namesAllMissingRightsAtOnce() throws Exception {
    shop.server.run("SET GLOBAL slave_connections_needed_for_purge = 2");
    shop.write(1);
    shop.server.rotate();
    List<String> before = shop.server.logs();

    ArchivedServer.Ended ended =
        shop.run("--rotate", "if-older-than=1m", "--purge", "--keep-on-server", "0s");

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.reason()).isEqualTo("access-denied");
    assertThat(ended.message()).contains("RELOAD", "BINLOG ADMIN", "PROCESS");
    assertThat(ended.outcome().path("next_step").asString())
        .contains("GRANT RELOAD, BINLOG ADMIN, PROCESS ON *.* TO 'binlog_archiver'@'%'");
    assertThat(shop.keys()).isEmpty();
    assertThat(shop.server.logs()).isEqualTo(before);
  }

  @Test
  void refusesADryRunToo() throws Exception {
    assertThat(shop.run("--purge", "--dry-run").exit()).isEqualTo(3);
    assertThat(shop.run("--rotate", "if-older-than=1m", "--dry-run").exit()).isEqualTo(3);
  }

  @Test
  void knowsTheRightsThatARoleGives() throws Exception {
    shop.server.run(
        "CREATE ROLE purger",
        "GRANT BINLOG ADMIN ON *.* TO purger",
        "GRANT purger TO binlog_archiver@'%'",
        "SET DEFAULT ROLE purger FOR binlog_archiver@'%'");

    ArchivedServer.Ended ended = shop.run("--purge");

    assertThat(ended.exit()).as(ended.err()).isZero();
  }

  @Test
  void namesAllWrongSettingsAtOnce() {
    ArchivedServer.Ended ended =
        shop.run("--rotate", "always", "--purge", "--keep-on-server", "soon", "--lock-days", "-1");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message())
        .contains(
            "--rotate (ROTATE): 'always' does not begin with if-older-than=",
            "allowed: if-older-than=15m",
            "--keep-on-server (KEEP_ON_SERVER): 'soon'");
    assertThat(shop.keys()).isEmpty();
  }

  @Test
  void refusesTimesThatNoCalendarHas() {
    ArchivedServer.Ended ended =
        shop.run(
            "--rotate",
            "if-older-than=99999999d",
            "--purge",
            "--keep-on-server",
            "PT9999999999999999S");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message())
        .contains("2 problems", "up to 36500d", "up to if-older-than=36500d");
  }
}
