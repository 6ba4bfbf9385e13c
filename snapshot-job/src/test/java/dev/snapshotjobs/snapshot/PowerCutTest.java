package dev.snapshotjobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.MariaDbServer;
import dev.snapshotjobs.sandbox.SqlTap;
import dev.snapshotjobs.sandbox.WriteLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the two flushes under the lock are for. The sandbox's storage copies files, which includes
/// what is only in the page cache; a snapshot of a block device does not.
class PowerCutTest {
  @BeforeAll
  static void canMount() {
    Optional<String> whyNot = LosableDisk.whyNot();
    assumeTrue(whyNot.isEmpty(), () -> "no power is cut, as nothing can be mounted: " + whyNot);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"backup-stage", "flush-tables"})
  void losesNothingBelowThePositionThatIsRecorded(String mode) throws Exception {
    Found found = afterAPowerCutAtTheCreation(mode);

    assertThat(found.comparison().missing()).as("lost below the position").isEmpty();
    assertThat(found.comparison().surplus()).as("there although above it").isEmpty();
    assertThat(found.comparison().expected()).isPositive();
    assertThat(found.inItsOwnLog()).as("where its own log ends").isEqualTo(found.recorded());
  }

  /// The loss that the flush of the engines' logs prevents. Without this the test above could not
  /// fail.
  @Test
  void losesCommitsBelowThePositionWhereTheEnginesLogsAreNotFlushed() throws Exception {
    assertThat(
            happensSoonerOrLater(
                "backup-stage",
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS",
                found -> !found.comparison().missing().isEmpty()))
        .as("commits are lost below the position")
        .isTrue();
  }

  /// The backup stage syncs the binary log by itself; the global read lock does not.
  @Test
  void hasALogThatEndsBeforeThePositionWhereTheBinaryLogIsNotFlushed() throws Exception {
    assertThat(
            happensSoonerOrLater(
                "flush-tables",
                "FLUSH BINARY LOGS",
                found -> !found.inItsOwnLog().equals(found.recorded())))
        .as("its own log ends elsewhere")
        .isTrue();
  }

  /// The server may just have synced by itself, and then there is nothing to lose.
  private static boolean happensSoonerOrLater(String mode, String suppressed, Predicate<Found> loss)
      throws Exception {
    for (int attempt = 0; attempt < 5; attempt++) {
      if (loss.test(afterAPowerCutAtTheCreation(mode, suppressed))) {
        return true;
      }
    }
    return false;
  }

  /// What a server finds on the disk.
  private record Found(
      WriteLoad.Comparison comparison, GtidPosition recorded, GtidPosition inItsOwnLog) {}

  private static Found afterAPowerCutAtTheCreation(String mode, String... suppressed)
      throws Exception {
    try (LosableDisk disk = LosableDisk.create();
        ProtectedShop shop =
            ProtectedShop.openIn(
                Files.createDirectory(disk.root().resolve("sandbox")),
                "--log-bin=mysql-bin",
                "--server-id=1",
                "--sync-binlog=0",
                "--innodb-flush-log-at-trx-commit=2",
                // What is lost shall not depend on whether a second has just passed.
                "--innodb-flush-log-at-timeout=2700");
        SqlTap tap = SqlTap.of(shop.pod().server());
        WriteLoad load = WriteLoad.start(shop.pod().jdbcUrl(""), 8, List.of("InnoDB"))) {
      disk.sync();
      List.of(suppressed).forEach(statement -> tap.replace(statement, "DO 1"));
      load.awaitMore(1000);
      Path[] copy = new Path[1];
      shop.sandbox
          .faults()
          .add(
              Hook.before(
                  "POST",
                  "/volumesnapshots$",
                  () -> {
                    try {
                      copy[0] = disk.cutPower(shop.pod().server());
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  }));

      ProtectedShop.Ended ended =
          shop.run(
              Map.of("MARIADB_PORT", Integer.toString(tap.port()), "SNAPSHOT_MODE", mode),
              new StopSignal());

      load.awaitMore(100);
      load.stop();
      assertThat(ended.exit()).as(ended.err()).isZero();
      Path data = disk.root().relativize(shop.pod().server().dataDir().toRealPath());
      return find(copy[0], data, load, GtidPosition.parse(ended.position("gtid_binlog_pos")));
    }
  }

  private static Found find(Path image, Path data, WriteLoad load, GtidPosition recorded)
      throws Exception {
    try (LosableDisk disk = LosableDisk.afterwards(image);
        MariaDbServer server =
            MariaDbServer.start(
                MariaDbServer.Spec.of(
                    disk.root().resolve(data), "recovered", List.of("--log-bin=mysql-bin")));
        Connection connection = server.connect("");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@gtid_binlog_pos")) {
      row.next();
      GtidPosition own = GtidPosition.parse(row.getString(1));
      long sequence = recorded.in(0).orElseThrow().sequence();
      return new Found(load.compare(server.jdbcUrl(""), sequence), recorded, own);
    }
  }
}
