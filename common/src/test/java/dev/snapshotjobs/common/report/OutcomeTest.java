package dev.snapshotjobs.common.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OutcomeTest {

  private static final Instant START = Instant.parse("2026-11-22T17:30:00Z");
  private static final int LIMIT = 4096;

  private static Outcome outcome(String message, String nextStep, List<String> warnings) {
    Map<String, Duration> phases = new LinkedHashMap<>();
    phases.put("lock", Duration.ofMillis(12));
    phases.put("cut", Duration.ofMillis(1500));
    return new Outcome(
        "snapshot-job",
        "shop-db",
        "20261122-173000-4f2a",
        4,
        "crash-consistent",
        "lock-lost",
        message,
        nextStep,
        START,
        START.plusSeconds(2),
        Duration.ofMillis(2001),
        phases,
        List.of(new ObjectRef("VolumeSnapshot", "shop", "shop-db-1", "uid-1")),
        Map.of("gtid-binlog-pos", "0-1-42"),
        warnings);
  }

  private static JsonNode parsed(String json) {
    return JsonMapper.shared().readTree(json);
  }

  @Test
  void isOneLineOfJsonWithFixedFields() {
    assertThat(outcome("It was lost.", "Look.", List.of("slow")).toJson())
        .isEqualTo(
            """
            {"format":1,"job":"snapshot-job","instance":"shop-db","run_id":"20261122-173000-4f2a",\
            "exit":4,"verdict":"crash-consistent","reason":"lock-lost","message":"It was lost.",\
            "next_step":"Look.","started_at":"2026-11-22T17:30:00Z",\
            "ended_at":"2026-11-22T17:30:02Z","duration":2.001,\
            "phases":{"lock":0.012,"cut":1.500},\
            "objects":[{"kind":"VolumeSnapshot","namespace":"shop","name":"shop-db-1",\
            "uid":"uid-1"}],"positions":{"gtid-binlog-pos":"0-1-42"},"warnings":["slow"]}\
            """);
  }

  @Test
  void isTheSameWithinALimitThatItKeeps() {
    Outcome outcome = outcome("It was lost.", "Look.", List.of("slow"));
    assertThat(outcome.toJson(LIMIT)).isEqualTo(outcome.toJson());
  }

  @Test
  void leavesOutTheLastWarningsFirstAndSaysHowMany() {
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      warnings.add("warning number " + i + " " + "x".repeat(100));
    }
    JsonNode json = parsed(outcome("m".repeat(500), "Look.", warnings).toJson(LIMIT));
    int kept = json.get("warnings").size();
    assertThat(kept).isBetween(20, 40);
    assertThat(json.get("warnings").get(0).asString()).startsWith("warning number 0");
    assertThat(json.get("warnings_dropped").asInt()).isEqualTo(100 - kept);
    assertThat(json.get("message").asString()).hasSize(500);
  }

  @Test
  void shortensTheTextsWhenNoWarningIsLeft() {
    JsonNode json = parsed(outcome("ü".repeat(9000), "Look.", List.of("w")).toJson(LIMIT));
    assertThat(json.get("warnings")).isEmpty();
    assertThat(json.get("message").asString()).hasSizeGreaterThan(1500).endsWith("ü…");
    assertThat(json.get("next_step").asString()).isEqualTo("Look.");
    assertThat(json.get("objects")).hasSize(1);
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void fitsWhateverItHolds(long seed) {
    Random random = new Random(seed);
    List<String> warnings = new ArrayList<>();
    int count = random.nextInt(60);
    for (int i = 0; i < count; i++) {
      warnings.add(text(random, 4000));
    }
    List<ObjectRef> objects = new ArrayList<>();
    Map<String, String> positions = new LinkedHashMap<>();
    Map<String, Duration> phases = new LinkedHashMap<>();
    int facts = random.nextInt(10) == 0 ? 200 : random.nextInt(4);
    for (int i = 0; i < facts; i++) {
      objects.add(new ObjectRef("VolumeSnapshot", "shop", "snapshot-" + i, "uid-" + i));
      positions.put("position-" + i, text(random, 200));
      phases.put("phase-" + i, Duration.ofMillis(random.nextInt(100_000)));
    }
    Outcome outcome =
        new Outcome(
            "job",
            text(random, 60),
            "id",
            1,
            "failed",
            "reason",
            text(random, 9000),
            text(random, 9000),
            START,
            START,
            Duration.ZERO,
            phases,
            objects,
            positions,
            warnings);
    String json = outcome.toJson(LIMIT);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThat(bytes.length).isLessThanOrEqualTo(LIMIT);
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(json);
    JsonNode read = parsed(json);
    assertThat(read.get("format").asInt()).isEqualTo(1);
    assertThat(read.get("exit").asInt()).isEqualTo(1);
    assertThat(read.get("reason").asString()).isEqualTo("reason");
    assertThat(parsed(outcome.toJson()).get("warnings")).hasSize(count);
  }

  /// ASCII, quotes and control characters, two and three bytes, pairs, and halves of pairs.
  private static String text(Random random, int max) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(max);
    int kind = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      switch (kind) {
        case 0 -> text.append((char) ('a' + random.nextInt(26)));
        case 1 -> text.append((char) random.nextInt(0x80));
        case 2 -> text.append((char) (0xC0 + random.nextInt(0x100)));
        case 3 -> text.append((char) (0x4E00 + random.nextInt(0x1000)));
        case 4 -> text.appendCodePoint(0x1F600 + random.nextInt(64));
        default -> text.append((char) random.nextInt(0x10000));
      }
    }
    return text.toString();
  }

  @Test
  void masksEveryFreeText() {
    Outcome masked =
        outcome("secret", "a secret", List.of("no secret")).masked(t -> t.replace("secret", "*"));
    assertThat(masked.toJson()).doesNotContain("secret").contains("\"a *\"", "\"no *\"");
  }
}
