package dev.snapshotjobs.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.PlanDocument;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Back to just before the table was dropped, with two snapshots to choose from.
class PlanTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static ArchivedShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String dropped;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String beforeIt;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String early;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static Instant whenAllWasWell;

  @BeforeAll
  static void archive() throws Exception {
    shop = new ArchivedShop("--binlog-format=ROW", "--binlog-annotate-row-events=1");
    shop.server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT PRIMARY KEY)");
    early = shop.server.ask("SELECT @@gtid_binlog_pos");
    shop.snapshot("shop-monday");
    shop.server.run("INSERT INTO orders VALUES (1)");
    shop.snapshot("shop-tuesday");
    shop.server.run("INSERT INTO orders VALUES (2)");
    shop.server.rotate();
    shop.server.run("INSERT INTO orders VALUES (3)");
    beforeIt = shop.server.ask("SELECT @@gtid_binlog_pos");
    assertThat(shop.archive().exit()).isZero();
    whenAllWasWell = Instant.now();
    shop.server.run("DO SLEEP(1.1)", "DROP TABLE orders");
    dropped = shop.server.ask("SELECT @@gtid_binlog_pos");
    shop.server.run("CREATE TABLE other (id INT)");
    assertThat(shop.archive().exit()).isZero();
  }

  @AfterAll
  static void close() throws Exception {
    shop.close();
  }

  private static JsonNode planned(String... target) {
    String[] args = new String[target.length + 2];
    System.arraycopy(target, 0, args, 0, target.length);
    args[target.length] = "--output";
    args[target.length + 1] = "json";
    ArchivedShop.Ended ended = shop.restoreJob("plan", args);
    assertThat(ended.exit()).as(ended.err()).isZero();
    return ended.json();
  }

  @Test
  void showsWhatARecoveryTakesAndGives() {
    ArchivedShop.Ended ended = shop.restoreJob("plan", "--before-gtid", dropped);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("up to right before " + dropped)
        .contains("shop-tuesday")
        .contains("GTID " + beforeIt)
        .containsPattern("last in +" + beforeIt + ".* INSERT INTO orders VALUES \\(3\\)")
        .containsPattern("first out +" + dropped + ".* DROP TABLE");
    assertThat(ended.outcome().path("verdict").asString()).isEqualTo("planned");
    assertThat(ended.outcome().at("/positions/gtid_target").asString()).isEqualTo(beforeIt);
  }

  @Test
  void meansTheSameByAnInstantAndByItsTransactions() {
    JsonNode instant = planned("--to", whenAllWasWell.toString());
    JsonNode through = planned("--to-gtid", beforeIt);
    JsonNode before = planned("--before-gtid", dropped);

    assertThat(instant.at("/end")).isEqualTo(before.at("/end"));
    assertThat(instant.at("/id")).isEqualTo(before.at("/id"));
    for (String field : List.of("id", "end", "offset", "last", "next", "leftOut")) {
      assertThat(through.get(field)).as(field).isEqualTo(before.get(field));
    }
    assertThat(before.at("/logs").asInt()).isEqualTo(2);
    assertThat(before.at("/base/snapshot").asString()).isEqualTo("shop-tuesday");
  }

  @Test
  void takesAnOlderSnapshotForAnOlderTarget() {
    JsonNode plan = planned("--before-gtid", early.replaceFirst("\\d+$", "") + next(early));

    assertThat(plan.at("/base/snapshot").asString()).isEqualTo("shop-monday");
  }

  private static long next(String gtid) {
    return Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1)) + 1;
  }

  @Test
  void takesTheNextOlderSnapshotWhereTheNearestCannotBeRead() throws Exception {
    String key = "shop/catalog/shop-tuesday.json";
    byte[] whole = Objects.requireNonNull(shop.objects().get(key));
    for (Optional<byte[]> broken :
        List.of(Optional.of(Arrays.copyOf(whole, 100)), Optional.<byte[]>empty())) {
      shop.replace(key, broken.orElse(null));
      try {
        JsonNode plan = planned("--before-gtid", dropped);

        assertThat(plan.at("/base/snapshot").asString()).isEqualTo("shop-monday");
        assertThat(plan.get("end").asString()).isEqualTo(beforeIt);
        assertThat(plan.at("/logs").asInt()).isEqualTo(3);
      } finally {
        shop.replace(key, whole);
      }
    }
  }

  /// What its documents do not tell is found when the log is read; then it is a place that no
  /// recovery goes over, as any other.
  @Test
  void namesTheNearestPlacesOfALogThatCannotBeRead() throws Exception {
    String tuesday = planned("--before-gtid", dropped).path("firstLog").asString();
    String key = "shop/binlogs/0001/" + tuesday + ".zst";
    byte[] whole = Objects.requireNonNull(shop.objects().get(key));
    byte[] broken = whole.clone();
    broken[whole.length / 2] ^= 1;
    shop.replace(key, broken);
    try {
      ArchivedShop.Ended ended = shop.restoreJob("plan", "--before-gtid", dropped);

      assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
      assertThat(ended.outcome().path("reason").asString()).isEqualTo("unreachable");
      assertThat(ended.out())
          .contains("The nearest before it is the end of timeline 0001")
          .contains(key + ": ");
    } finally {
      shop.replace(key, whole);
    }
  }

  @Test
  void goesToTheEndOfTheArchive() throws Exception {
    assertThat(planned("--to-latest").at("/end").asString())
        .isEqualTo(shop.server.ask("SELECT @@gtid_binlog_pos"));
  }

  @Test
  void saysWhyATargetCannotBeReached() {
    ArchivedShop.Ended tooEarly = shop.restoreJob("plan", "--to", "2020-01-01T00:00:00Z");
    ArchivedShop.Ended beforeBases = shop.restoreJob("plan", "--to-gtid", "0-1-1");
    ArchivedShop.Ended future = shop.restoreJob("plan", "--to", "2100-01-01T00:00:00Z");
    ArchivedShop.Ended nobodys = shop.restoreJob("plan", "--before-gtid", "7-7-7");

    assertThat(tooEarly.exit()).isEqualTo(3);
    assertThat(tooEarly.message()).contains("the oldest snapshot", "0001");
    assertThat(tooEarly.out())
        .startsWith("No recovery leads there.")
        .contains("The nearest behind it is snapshot shop-monday", "--before-gtid");
    assertThat(beforeBases.exit()).isEqualTo(3);
    assertThat(beforeBases.message()).contains("0-1-1 comes before the oldest place");
    assertThat(future.exit()).isEqualTo(3);
    assertThat(future.message())
        .contains("later than 2100-01-01T00:00:00Z")
        .contains("the nearest before it is the end of timeline 0001")
        .contains("(--to-latest --timeline 0001): the archive ends here");
    assertThat(nobodys.exit()).isEqualTo(3);
    assertThat(nobodys.message()).contains("no history of the archive has it");
    assertThat(nobodys.outcome().path("next_step").asString()).contains("windows");
  }

  /// A program that takes them gets to the places that are named.
  @Test
  void namesPlacesThatHaveAPlan() {
    JsonNode refused =
        shop.restoreJob("plan", "--to", "2020-01-01T00:00:00Z", "--output", "json").json();

    assertThat(refused.path("reachable").asBoolean()).isFalse();
    assertThat(refused.path("before").isMissingNode()).isTrue();
    JsonNode nearest = refused.path("after");
    JsonNode plan = planned(nearest.path("arguments").asString().split(" ", -1));
    assertThat(plan.path("end")).isEqualTo(nearest.path("state"));
    assertThat(plan.at("/base/snapshot").asString()).isEqualTo("shop-monday");
  }

  @Test
  void takesTheTimeOfAWallClock() {
    String clock = whenAllWasWell.atZone(ZoneId.of("Asia/Tokyo")).toLocalDateTime().toString();

    assertThat(planned("--to", clock, "--time-zone", "Asia/Tokyo").get("id"))
        .isEqualTo(planned("--to", whenAllWasWell.toString()).get("id"));
  }

  @Test
  void isADocumentThatOtherCommandsRead() throws Exception {
    ArchivedShop.Ended ended =
        shop.restoreJob("plan", "--before-gtid", dropped, "--output", "json");
    PlanDocument document = PlanDocument.read("plan.json", ended.out().getBytes(UTF_8));

    assertThat(document.target()).isEqualTo("--before-gtid " + dropped);
    assertThat(document.end().toString()).isEqualTo(beforeIt);
    assertThat(document.id()).isEqualTo(ended.json().path("id").asString()).startsWith("shop-");
  }

  @Test
  void readsTheLogsUnlessItIsToBeQuick() {
    JsonNode thorough = planned("--before-gtid", dropped);
    JsonNode quick = planned("--before-gtid", dropped, "--quick");

    assertThat(thorough.path("logsRead").asBoolean()).isTrue();
    assertThat(quick.path("logsRead").asBoolean()).isFalse();
    assertThat(quick.get("id")).isEqualTo(thorough.get("id"));
    assertThat(shop.restoreJob("plan", "--before-gtid", dropped, "--quick").out())
        .contains("the logs were not read");
  }

  @Test
  void showsToWhichTimesOneCanGoBack() throws Exception {
    ArchivedShop.Ended ended = shop.restoreJob("windows");
    JsonNode window = shop.restoreJob("windows", "--output", "json").json().at("/windows/0");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("0001", "the archive ends here")
        .containsPattern("\\[#{20,60}[.]*\\]");
    assertThat(window.path("proven").asBoolean()).isTrue();
    assertThat(window.path("snapshots").toString()).isEqualTo("[\"shop-monday\",\"shop-tuesday\"]");
    assertThat(window.path("toState").asString())
        .isEqualTo(shop.server.ask("SELECT @@gtid_binlog_pos"));
    // What it claims can be planned.
    assertThat(planned("--to", window.path("from").asString()).at("/base/snapshot").asString())
        .isEqualTo("shop-monday");
    assertThat(planned("--to", window.path("to").asString()).at("/end").asString())
        .isEqualTo(window.path("toState").asString());
  }

  @Test
  void wantsOneTarget() {
    ArchivedShop.Ended none = shop.restoreJob("plan");
    ArchivedShop.Ended two = shop.restoreJob("plan", "--to-latest", "--to-gtid", "0-1-1");
    ArchivedShop.Ended wrong = shop.restoreJob("plan", "--before-gtid", "0-1", "--timeline", "1");

    assertThat(none.exit()).isEqualTo(2);
    assertThat(two.exit()).isEqualTo(2);
    assertThat(two.message()).contains("exactly one of --to, --to-gtid");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.message()).contains("2 problems", "--before-gtid", "--timeline");
  }
}
