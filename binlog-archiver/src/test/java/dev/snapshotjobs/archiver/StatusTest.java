package dev.snapshotjobs.archiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snapshotjobs.common.job.StopSignal;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusTest {
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

  private static JsonNode json(ArchivedServer.Ended ended) {
    assertThat(ended.exit()).as(ended.err()).isZero();
    return JsonMapper.shared().readTree(ended.out());
  }

  private JsonNode withServer(Map<String, String> more) {
    Map<String, String> environment = shop.environment();
    environment.putAll(more);
    return json(shop.command("status", environment, new StopSignal(), "--output", "json"));
  }

  private JsonNode fromTheBucket() {
    return json(shop.reading("status", "--output", "json"));
  }

  @Test
  void tellsAPersonWhatCanBeRecovered() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.write(5);
    shop.run();
    String active = shop.server.logs().getLast();

    ArchivedServer.Ended ended = shop.reading("status");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("Archive of shop at ", "TIMELINE", "0001", "first", active + " up to ")
        .contains("the very beginning", shop.server.ask("SELECT @@gtid_binlog_pos"), "(proven)")
        .contains("the archive ends here", "RPO ")
        .doesNotContain("Damaged", "Server");
    assertThat(ended.message()).contains("1 timelines, 1 recoverable windows, 0 unexplained");
  }

  @Test
  void changesNothingAndNeedsNoMoreThanToRead() throws Exception {
    shop.write(5);
    shop.run();
    shop.s3.forgetRequests();

    shop.reading("status");

    assertThat(shop.s3.requests()).isNotEmpty();
    for (S3Operation write :
        List.of(S3Operation.PUT_OBJECT, S3Operation.DELETE_OBJECT, S3Operation.CREATE_UPLOAD)) {
      assertThat(shop.s3.count(write)).as("%s", write).isZero();
    }
  }

  @Test
  void saysThatNothingIsArchivedYet() {
    ArchivedServer.Ended ended = shop.reading("status");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("Nothing of shop is archived.\n");
  }

  @Test
  void saysWhatTheServerMayPurge() throws Exception {
    shop.write(5);
    String first = shop.server.rotate();
    shop.write(5);
    shop.run();
    String active = shop.server.logs().getLast();

    JsonNode caughtUp = withServer(Map.of()).path("server");
    shop.write(1);
    JsonNode behind = withServer(Map.of()).path("server");

    assertThat(caughtUp.path("sealed").toString()).isEqualTo("[\"" + first + "\"]");
    assertThat(caughtUp.path("firstNotSealed").asString()).isEqualTo(active);
    assertThat(caughtUp.path("timeline").asString()).isEqualTo("0001");
    assertThat(caughtUp.path("nothingIsMissing").asBoolean()).isTrue();
    assertThat(behind.path("nothingIsMissing").asBoolean()).isFalse();
  }

  @Test
  void tellsOfTheArchiveAlthoughTheServerIsDown() throws Exception {
    shop.write(5);
    shop.run();
    shop.server.stop();

    JsonNode status = withServer(Map.of());

    assertThat(status.path("server").isMissingNode()).isTrue();
    assertThat(status.path("windows")).hasSize(1);
  }

  @Test
  void tellsAGapThatTheArchiverHasSeen() throws Exception {
    shop.write(5);
    shop.run();
    ArchivedServer.Purged purged = shop.purgeUnseen();
    shop.run();

    JsonNode windows = fromTheBucket().path("windows");

    assertThat(windows).hasSize(2);
    assertThat(windows.get(0).path("end").asString()).isEqualTo("gap");
    assertThat(windows.get(0).path("explained").asBoolean()).isTrue();
    assertThat(windows.get(0).path("why").asString())
        .contains("0002", "between GTID " + purged.from() + " and GTID " + purged.to());
    assertThat(windows.get(1).path("end").asString()).isEqualTo("end-of-archive");
  }

  /// With sync_binlog=0 a power failure takes what was archived from the server's log.
  @Test
  void tellsWhereTheServerWentOnInAnotherTimeline() throws Exception {
    shop.write(5);
    long kept = shop.server.offset();
    shop.write(5);
    shop.run();
    String log = shop.server.logs().getLast();
    shop.server.kill();
    try (RandomAccessFile file = new RandomAccessFile(shop.server.file(log).toFile(), "rw")) {
      file.setLength(kept);
    }
    shop.server.startAgain();
    shop.write(3);
    shop.run();

    JsonNode windows = fromTheBucket().path("windows");

    assertThat(windows).hasSize(2);
    assertThat(windows.get(0).path("end").asString()).isEqualTo("fork");
    assertThat(windows.get(0).path("explained").asBoolean()).isTrue();
    assertThat(windows.get(0).path("why").asString())
        .contains("goes on in timeline 0002 (shorter-than-archived)");
    assertThat(windows.get(1).path("timeline").asString()).isEqualTo("0002");
  }

  @Test
  void knowsThatAQuietServerIsArchived() throws Exception {
    shop.write(5);
    shop.run();
    JsonNode before = fromTheBucket();
    shop.run();

    JsonNode after = fromTheBucket();

    assertThat(after.path("windows").get(0).path("to"))
        .isEqualTo(before.path("windows").get(0).path("to"));
    assertThat(Instant.parse(after.path("caughtUpAt").asString()))
        .isAfter(Instant.parse(before.path("caughtUpAt").asString()));
  }

  @Test
  void tellsWhatIsGone() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.write(5);
    String second = shop.server.rotate();
    shop.write(5);
    shop.server.rotate();
    shop.run();
    String key = "shop/binlogs/0001/" + second + ".zst";
    new Tampering(shop.store).remove(key);

    JsonNode status = fromTheBucket();

    assertThat(status.path("damages").get(0).path("key").asString()).isEqualTo(key);
    assertThat(status.path("damages").get(0).path("what").asString()).isEqualTo("is gone");
    assertThat(status.path("windows")).hasSize(2);
    assertThat(status.path("windows").get(0).path("end").asString()).isEqualTo("damage");
    assertThat(status.path("windows").get(0).path("explained").asBoolean()).isFalse();
  }

  @Test
  void tellsOfTheLogsOfATimelineWhoseDocumentCannotBeRead() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.run();
    new Tampering(shop.store).replace("shop/binlogs/0001/timeline.json", "{".getBytes(UTF_8));

    ArchivedServer.Ended ended = shop.reading("status");

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("shop/binlogs/0001/timeline.json: is not readable as JSON");
    assertThat(ended.message()).contains("1 recoverable windows");
  }

  @Test
  void outlastsAStoreThatIsBusyAndBodiesThatAreCutOff() throws Exception {
    shop.write(5);
    shop.server.rotate();
    shop.write(5);
    shop.run();
    shop.s3.faults().add(S3FaultRule.slowDown("ListObjects", "").times(2));
    shop.s3.faults().add(S3FaultRule.slowDown("GetObject", "timeline.json").times(2));
    shop.s3.faults().add(S3FaultRule.truncate("GetObject", "bin.*json", 100).times(2));

    JsonNode status = fromTheBucket();

    assertThat(status.path("damages")).isEmpty();
    assertThat(status.path("windows")).hasSize(1);
    assertThat(shop.s3.faults().isEmpty()).as("each fault has hit").isTrue();
  }

  @Test
  void wantsAnAccountOnlyWhereItAsksTheServer() {
    Map<String, String> environment = shop.environment();
    environment.remove("MARIADB_USER");

    ArchivedServer.Ended ended = shop.command("status", environment, new StopSignal());

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.message()).contains("--mariadb-user", "is required with --mariadb-host");
  }
}
