package dev.snapshotjobs.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A bucket in which something is wrong: bytes flipped, ends cut off, objects gone or exchanged. It
/// ends in a clear message, or in the plan that there was before; never in another one.
class HostileArchiveTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static ArchivedShop shop;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static Map<String, byte[]> whole;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static String dropped;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before all tests
  private static Instant whenAllWasWell;

  /// What the whole archive answers.
  private static final Map<List<String>, String> ANSWERS = new LinkedHashMap<>();

  @BeforeAll
  static void archive() throws Exception {
    shop = new ArchivedShop("--binlog-format=ROW");
    shop.server.run("CREATE DATABASE shop", "USE shop", "CREATE TABLE orders (id INT PRIMARY KEY)");
    shop.snapshot("shop-monday");
    shop.server.run("INSERT INTO orders SELECT seq FROM seq_1_to_300");
    shop.server.rotate();
    shop.server.run("DELETE FROM orders WHERE id < 100");
    shop.server.rotate();
    shop.server.run("INSERT INTO orders VALUES (1)");
    assertThat(shop.archive().exit()).isZero();
    whenAllWasWell = Instant.now();
    shop.server.run("DO SLEEP(1.1)", "DROP TABLE orders");
    dropped = shop.server.ask("SELECT @@gtid_binlog_pos");
    assertThat(shop.archive().exit()).isZero();
    whole = shop.objects();
    for (List<String> question :
        List.of(
            List.of("plan", "--before-gtid", dropped),
            List.of("plan", "--to", whenAllWasWell.toString()),
            List.of("plan", "--to-latest"),
            List.of("find", "--table", "shop.orders"),
            List.of("windows"))) {
      ArchivedShop.Ended ended = ask(question);
      assertThat(ended.exit()).as(ended.err()).isZero();
      ANSWERS.put(question, ended.out());
    }
  }

  @AfterAll
  static void close() throws Exception {
    shop.close();
  }

  private static ArchivedShop.Ended ask(List<String> question) {
    return shop.restoreJob(
        question.getFirst(), question.subList(1, question.size()).toArray(String[]::new));
  }

  static LongStream seeds() {
    return LongStream.range(0, 80);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void leadsToNoOtherPlan(long seed) {
    Random random = new Random(seed);
    List<String> keys = new ArrayList<>(whole.keySet());
    String key = keys.get(random.nextInt(keys.size()));
    byte[] content = Objects.requireNonNull(whole.get(key)).clone();
    String what =
        switch (random.nextInt(5)) {
          case 0 -> {
            shop.replace(key, null);
            yield "gone";
          }
          case 1 -> {
            shop.replace(key, Arrays.copyOf(content, random.nextInt(content.length)));
            yield "cut off";
          }
          case 2 -> {
            shop.replace(key, whole.get(keys.get(random.nextInt(keys.size()))));
            yield "another's";
          }
          case 3 -> {
            byte[] noise = new byte[1 + random.nextInt(2000)];
            random.nextBytes(noise);
            shop.replace(key, noise);
            yield "noise";
          }
          default -> {
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
              content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
            }
            shop.replace(key, content);
            yield "flipped";
          }
        };
    try {
      ANSWERS.forEach((question, answer) -> check(question, answer, what + ": " + key));
    } finally {
      shop.replace(key, whole.get(key));
    }
  }

  private static void check(List<String> question, String answer, String what) {
    ArchivedShop.Ended ended = ask(question);
    String as = question + ", " + what + "\n" + ended.out() + ended.err();
    assertThat(ended.exit()).as(as).isIn(0, 2, 3, 4);
    assertThat(ended.outcome().path("reason").asString()).as(as).isNotEqualTo("unexpected");
    if (ended.exit() != 0) {
      assertThat(ended.outcome().path("next_step").asString()).as(as).isNotEmpty();
    } else if (!question.equals(List.of("windows"))) {
      // Without its marks a plan for an instant goes by times, and says so.
      boolean byTimes = ended.out().contains("left no mark in that log");
      assertThat(plain(byTimes ? answer : ended.out())).as(as).isEqualTo(plain(answer));
    }
  }

  /// A digit of the time of a cut may be another one, and nobody can see it.
  private static String plain(String answer) {
    return answer.replaceAll("(?m)^  cut +\\S+", "  cut");
  }
}
