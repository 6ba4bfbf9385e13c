package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.sandbox.S3FaultRule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A table is dropped, and somebody asks who did it: with a real server, a bucket that the real
/// archiver has filled, and nothing but the bucket to ask.
class FindTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static ArchivedShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String dropped;

  @BeforeAll
  static void archive() throws Exception {
    shop = new ArchivedShop("--binlog-format=ROW", "--binlog-annotate-row-events=1");
    shop.server.run(
        "CREATE DATABASE shop",
        "USE shop",
        "CREATE TABLE orders (id INT PRIMARY KEY, price INT)",
        "CREATE TABLE items (id INT PRIMARY KEY)",
        "INSERT INTO orders SELECT seq, 1 FROM seq_1_to_5000");
    shop.server.rotate();
    shop.server.run("DELETE FROM orders WHERE id <= 1200", "DELETE FROM orders WHERE id = 1201");
    shop.server.rotate();
    shop.server.run("DROP TABLE orders");
    dropped = shop.server.ask("SELECT @@gtid_binlog_pos");
    shop.server.run("INSERT INTO items VALUES (1)");
    assertThat(shop.archive().exit()).isZero();
  }

  @AfterAll
  static void close() throws Exception {
    shop.close();
  }

  @AfterEach
  void repair() {
    shop.s3.faults().clear();
  }

  private static ArchivedShop.Ended find(String... args) {
    return shop.restoreJob("find", args);
  }

  @Test
  void namesTheDropAndWhatARecoveryTakes() {
    ArchivedShop.Ended ended = find("--table", "shop.orders");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("DROP TABLE")
        .contains("delete 1,200 rows")
        .contains("DELETE FROM orders WHERE id <= 1200")
        .doesNotContain("insert")
        .endsWith(
            "\nTo recover to right before the last that made rows go away: --before-gtid %s --timeline 0001\n"
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
    shop.s3
        .faults()
        .add(S3FaultRule.answer("GetObject", "bin.000002.zst", 404, "NoSuchKey").always());

    ArchivedShop.Ended ended = find("--table", "shop.orders");

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out()).contains("DROP TABLE", "Not searched: bin.000002 of timeline 0001");
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("searched-in-part");
  }

  @Test
  void saysThatNothingWasDone() {
    ArchivedShop.Ended ended = find("--table", "other.customers");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out()).isEqualTo("Nothing of the kind was done to other.customers.\n");
    assertThat(ended.outcome().path("verdict").asString()).isEqualTo("nothing-found");
  }

  @Test
  void asksForTheRightBucketWhereNothingIsArchived() {
    ArchivedShop.Ended ended = shop.restoreJobOf("other", "find", "--table", "a.b");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.outcome().path("reason").asString()).isEqualTo("nothing-archived");
  }
}
