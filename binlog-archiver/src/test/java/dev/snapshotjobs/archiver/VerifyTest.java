package dev.snapshotjobs.archiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.sandbox.S3FaultRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test
  private ArchivedServer shop;

  private String first = "";
  private String second = "";
  private String third = "";
  private String active = "";

  @BeforeEach
  void start() throws Exception {
    shop = ArchivedServer.start();
    shop.write(5);
    first = shop.server.rotate();
    shop.write(5);
    second = shop.server.rotate();
    shop.write(5);
    third = shop.server.rotate();
    shop.write(5);
    assertThat(shop.run().exit()).isZero();
    shop.write(5);
    assertThat(shop.run().exit()).isZero();
    active = shop.server.logs().getLast();
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  private Tampering tampering() {
    return new Tampering(shop.store);
  }

  private String of(String log, String ending) {
    return "shop/binlogs/0001/" + log + ending;
  }

  /// The data of the chunks of the active log, in order.
  private List<String> chunks(String ending) {
    List<String> chunks =
        shop.keys().stream()
            .filter(key -> key.contains("/tail/" + active) && key.endsWith(ending))
            .toList();
    assertThat(chunks).hasSize(2);
    return chunks;
  }

  private ArchivedServer.Ended verify(String... args) {
    return shop.reading("verify", args);
  }

  /// Exactly these objects are named, and what to do about each.
  private void finds(String... keys) {
    ArchivedServer.Ended ended = verify();
    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.reason()).isEqualTo("archive-damaged");
    assertThat(
            ended
                .out()
                .lines()
                .filter(line -> line.startsWith("shop/"))
                .map(line -> line.substring(0, line.indexOf(": ")))
                .collect(Collectors.toSet()))
        .as(ended.out())
        .containsExactlyInAnyOrder(keys);
    assertThat(ended.out().lines().filter(line -> line.startsWith("    "))).hasSize(keys.length);
    assertThat(ended.err()).contains("4 of 4").as("what is behind it is read too");
  }

  @Test
  void findsNothingWhereNothingIsWrong() {
    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.verdict()).isEqualTo("verified");
    assertThat(ended.message()).contains("4 logs (");
    assertThat(ended.err()).contains("log verified", "1 of 4", "4 of 4");
  }

  @Test
  void readsWhatItIsAskedTo() throws Exception {
    tampering().flip(of(second, ".zst"), 40);

    assertThat(verify("--log", first).exit()).isZero();
    assertThat(verify("--log", second).exit()).isEqualTo(4);
    assertThat(verify("--timeline", "1").exit()).isEqualTo(4);
    assertThat(verify("--timeline", "2").exit()).isEqualTo(2);
    assertThat(verify("--log", "bin.000099").message()).contains("nothing of that name");
    assertThat(verify("--since", Instant.now().plusSeconds(3600).toString()).message())
        .contains("0 logs");
    assertThat(verify("--log", first, "--since", "2026-01-01T00:00:00Z").exit()).isEqualTo(2);
    assertThat(verify("--log", "bin", "--timeline", "0").message()).contains("2 problems");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 200, -1})
  void findsAByteThatIsFlippedInALog(int at) throws Exception {
    String key = of(second, ".zst");
    flip(key, at);

    finds(key);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, -1})
  void findsAByteThatIsFlippedInAnIndex(int at) throws Exception {
    String key = of(second, ".idx.zst");
    flip(key, at);

    finds(key);
  }

  private void flip(String key, int at) throws IOException {
    int length = tampering().content(key).length;
    tampering().flip(key, Math.floorMod(at, length));
  }

  /// Its fields say what the log has, each of them.
  @ParameterizedTest
  @ValueSource(strings = {"sha256", "end", "head", "transactions", "wholeTransactionsEnd"})
  void findsAManifestThatSaysSomethingElse(String field) throws Exception {
    String key = of(third, ".json");
    tamperWith(key, field);

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out()).contains(key + ": does not describe the log: " + field + " is");
  }

  /// The last digit of the first value of that name becomes another.
  private void tamperWith(String key, String field) throws IOException {
    String json = new String(tampering().content(key), StandardCharsets.UTF_8);
    int from = json.indexOf("\"" + field + "\"");
    int end = json.indexOf('\n', from);
    int at = end;
    while (!Character.isDigit(json.charAt(at))) {
      at--;
    }
    char other = json.charAt(at) == '1' ? '2' : '1';
    String changed = json.substring(0, at) + other + json.substring(at + 1);
    tampering().replace(key, changed.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void findsAByteThatIsFlippedInAChunk() throws Exception {
    String key = chunks(".zst").getFirst();
    flip(key, 30);

    finds(key);
  }

  @Test
  void findsAMarkThatCannotBeRead() {
    shop.run(); // without a chunk that could carry it
    String key =
        shop.keys().stream().filter(each -> each.contains("/mark-")).findFirst().orElseThrow();
    tampering().replace(key, "{".getBytes(StandardCharsets.UTF_8));

    finds(key);
  }

  @Test
  void findsADocumentOfAChunkThatSaysSomethingElse() throws Exception {
    String key = chunks(".json").getLast();
    tamperWith(key, "end");

    finds(key);
  }

  @Test
  void findsEverythingThatIsCutOff() throws Exception {
    List<String> keys =
        List.of(of(first, ".zst"), of(second, ".idx.zst"), chunks(".zst").getLast());
    for (String key : keys) {
      tampering().cut(key, 3);
    }

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(keys).allSatisfy(key -> assertThat(ended.out()).contains(key + ": "));
    assertThat(ended.message()).startsWith("3 damages");
  }

  @ParameterizedTest
  @ValueSource(strings = {".zst", ".idx.zst", ".json"})
  void findsAnObjectOfALogThatIsGone(String ending) {
    String key = of(second, ending);
    tampering().remove(key);

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out()).contains(key + ": is gone");
    assertThat(ended.message()).startsWith("1 damages");
  }

  @Test
  void findsAChunkThatIsGone() {
    String data = chunks(".zst").getFirst();
    tampering().remove(data);

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out()).contains(data + ": is gone");
  }

  @Test
  void findsAManifestUnderTheKeyOfAnother() throws Exception {
    byte[] other = tampering().content(of(first, ".json"));
    String key = of(second, ".json");
    tampering().replace(key, other);

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out()).contains(key + ": ", of(first, ".json"), "move it away");
  }

  @Test
  void findsALogThatIsGoneWithAllThatBelongsToIt() {
    Manifest before = manifest(first);
    Manifest behind = manifest(third);
    for (String ending : List.of(".zst", ".idx.zst", ".json")) {
      tampering().remove(of(second, ending));
    }

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
    assertThat(ended.out())
        .contains(
            first + " is followed by " + third + ", 1 log is missing",
            "between GTID %s and GTID %s"
                .formatted(before.content().end().position(), behind.content().start().position()));
  }

  private Manifest manifest(String log) {
    return shop.archive.manifest(TimelineId.FIRST, new LogName(log)).orElseThrow();
  }

  /// It was told when it was found, and a timeline says what is missing: nothing is worse since.
  @Test
  void isContentWithAGapThatTheArchiveTellsOf() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.write(5);
    shop.server.rotate();
    shop.write(2);
    shop.server.purgeTo(shop.server.logs().getLast());
    assertThat(shop.run().exit()).isEqualTo(4);

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("gap that is known", "timeline 0002 was opened (gap)");
  }

  @Test
  void outlastsAStoreThatIsBusyAndBodiesThatAreCutOff() {
    shop.s3.faults().add(S3FaultRule.slowDown("GetObject|ListObjects", "").times(2));
    shop.s3.faults().add(S3FaultRule.truncate("GetObject", second + "[.]zst", 10).times(2));
    shop.s3.faults().add(S3FaultRule.truncate("GetObject", second + "[.]idx", 10).times(2));
    shop.s3.faults().add(S3FaultRule.truncate("GetObject", "/tail/.*[.]zst", 10).times(2));

    ArchivedServer.Ended ended = verify();

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(shop.s3.faults().isEmpty()).as("each fault has hit").isTrue();
  }

  @Test
  void findsAnObjectThatArrivesCutOffEachTime() {
    shop.s3.faults().add(S3FaultRule.truncate("GetObject", second + "[.]zst", 10).always());

    finds(of(second, ".zst"));
  }
}
