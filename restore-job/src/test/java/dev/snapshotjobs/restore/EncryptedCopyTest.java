package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.binlog.Body;
import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.EventType;
import dev.snapshotjobs.common.binlog.LogBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/// A copy whose newest log only its server can read. The server here cannot encrypt: the log is
/// encrypted for `inspect`, and again what it was when the server is started.
class EncryptedCopyTest {
  private static final byte[] ENCRYPTED =
      LogBuilder.with(ChecksumAlgorithm.CRC32)
          .add(EventType.START_ENCRYPTION, new Body().zeros(17))
          .bytes();

  private static ArchivedShop.Ended inspect(RestorePod pod, Path copy) throws IOException {
    Path log = copy.resolve(Files.readAllLines(copy.resolve("bin.index")).getLast());
    byte[] content = Files.readAllBytes(log);
    Files.write(log, ENCRYPTED);
    ArchivedShop.Ended inspected = pod.inspect();
    Files.write(log, content);
    return inspected;
  }

  private static ArchivedShop.Ended restore(RestorePod pod, Path copy) throws IOException {
    ArchivedShop.Ended inspected = inspect(pod, copy);
    assertThat(inspected.exit()).as(inspected.err()).isZero();
    assertThat(inspected.message()).contains("is encrypted: the server itself reads it");
    pod.start();
    return pod.replay();
  }

  private static void makeOrders(ArchivedShop shop) throws Exception {
    shop.server.run(
        "CREATE DATABASE shop",
        "USE shop",
        "CREATE TABLE orders (id INT PRIMARY KEY)",
        "INSERT INTO orders VALUES (1)");
  }

  @Test
  void isReadByItsServer() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      makeOrders(shop);
      Path copy = shop.copy("shop-monday");
      shop.server.run("INSERT INTO orders VALUES (2)");
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        ArchivedShop.Ended replayed = restore(pod, copy);

        assertThat(replayed.exit()).as(replayed.err()).isZero();
        assertThat(ReplayTest.rows(pod.putInService(), "SELECT id FROM shop.orders"))
            .containsExactly("1", "2");
      }
    }
  }

  @Test
  void isRefusedIfItsServerFindsMoreThanTheSnapshotSays() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      makeOrders(shop);
      shop.snapshot("shop-monday");
      shop.server.run("INSERT INTO orders VALUES (2)");
      Path late = shop.copyOnly();
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, late, "--restore-id", id)) {
        ArchivedShop.Ended refused = restore(pod, late);

        assertThat(refused.exit()).as(refused.err()).isEqualTo(3);
        assertThat(refused.outcome().path("reason").asString()).isEqualTo("copy-differs");
        assertThat(refused.message()).contains("the data of the copy end at");
      }
    }
  }

  /// What is in it could not be in the plan's log.
  @Test
  void isRefusedIfItsNewestLogIsNotThePlans() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      makeOrders(shop);
      Path copy = shop.copy("shop-monday");
      Files.writeString(copy.resolve("bin.index"), "./bin.000900\n", StandardOpenOption.APPEND);
      Files.write(copy.resolve("bin.000900"), ENCRYPTED);
      shop.archive();
      String id = shop.plan("--to-latest");
      try (RestorePod pod = new RestorePod(shop, copy, "--restore-id", id)) {
        ArchivedShop.Ended refused = pod.inspect();

        assertThat(refused.exit()).as(refused.err()).isEqualTo(3);
        assertThat(refused.message()).contains("its newest log is bin.000900");
      }
    }
  }

  /// Nothing is archived either: only the copy can tell which numbers are taken.
  @Test
  void givesItsNumbersToNobodyElseWithoutARecordedPosition() throws Exception {
    try (ArchivedShop shop = new ArchivedShop()) {
      makeOrders(shop);
      shop.snapshotWithoutPosition("shop-monday");
      Path copy = shop.copyOnly();
      try (RestorePod pod = new RestorePod(shop, copy, "--clone-of", "shop-monday")) {
        ArchivedShop.Ended cloned = restore(pod, copy);

        assertThat(cloned.exit()).as(cloned.err()).isZero();
        assertThat(ReplayTest.rows(pod.putInService(), "SELECT @@gtid_binlog_pos"))
            .containsExactly("0-1-1000000000");
      }
    }
  }
}
