package dev.snapshotjobs.common.objects;

import static dev.snapshotjobs.common.objects.S3Fixture.bytes;
import static dev.snapshotjobs.common.objects.S3Fixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import dev.snapshotjobs.sandbox.S3Server;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ObjectStoreTest {

  private final S3Fixture fixture = new S3Fixture();
  private final S3ObjectStore store = fixture.store;

  @AfterEach
  void eachFaultHasHit() {
    boolean used = fixture.server.faults().isEmpty();
    fixture.server.faults().clear();
    assertThat(used).isTrue();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private WriteResult put(String key, String content) {
    return store.putIfAbsent(key(key), bytes(content), WriteOptions.JSON);
  }

  private byte[] read(String key) throws IOException {
    try (ObjectContent content = store.get(key(key)).orElseThrow()) {
      return content.readAllBytes();
    }
  }

  @Test
  void writesOnceAndTellsWhatIsThere() throws IOException {
    assertThat(put("once/a b+ü", "first")).isInstanceOf(WriteResult.Created.class);

    assertThat(put("once/a b+ü", "other"))
        .isInstanceOfSatisfying(
            WriteResult.Exists.class,
            exists -> {
              assertThat(exists.found().size()).isEqualTo(5);
              assertThat(exists.found().sha256())
                  .isEqualTo(ContentDigest.of(bytes("first")).sha256());
            });

    assertThat(read("once/a b+ü")).isEqualTo(bytes("first"));
  }

  @Test
  void writesBelowItsPrefix() {
    put("below/x", "x");

    assertThat(fixture.server.requests().getLast().path())
        .startsWith("/" + S3Server.BUCKET + "/backups/mariadb/below/x");
  }

  @Test
  void takesTheSameContentForDoneAndOtherContentForAConflict() {
    byte[] content = bytes("content");
    assertThat(store.putOrCompare(key("compared"), content, WriteOptions.JSON))
        .isInstanceOf(CompareResult.Created.class);
    assertThat(store.putOrCompare(key("compared"), content, WriteOptions.JSON))
        .isInstanceOf(CompareResult.Same.class);
    assertThat(store.putOrCompare(key("compared"), bytes("CONTENT"), WriteOptions.JSON))
        .isInstanceOf(CompareResult.Conflict.class);
  }

  @Test
  void comparesByReadingWhatSomebodyElseHasWritten() {
    byte[] content = bytes("multipart leaves no digest");
    try (S3Connection raw = connection()) {
      S3Multipart multipart = new S3Multipart(raw);
      S3Multipart.Begun upload = multipart.begin(key("foreign"), WriteOptions.BINARY);
      S3Body body = new S3Body(content, content.length);
      multipart.complete(upload, List.of(multipart.send(upload, 1, body)));
    }
    assertThat(store.head(key("foreign")).orElseThrow().sha256()).isNull();

    assertThat(store.putOrCompare(key("foreign"), content, WriteOptions.BINARY))
        .isInstanceOf(CompareResult.Same.class);
    content[0] ^= 1;
    assertThat(store.putOrCompare(key("foreign"), content, WriteOptions.BINARY))
        .isInstanceOf(CompareResult.Conflict.class);
  }

  private S3Connection connection() {
    return S3Connection.open(
        fixture.settings(),
        S3Fixture.LIMITS,
        S3Fixture.credentials(fixture.server.accessKey(), fixture.server.secretKey()));
  }

  @Test
  void findsNothingWhereNothingIs() {
    assertThat(store.head(key("absent"))).isEmpty();
    assertThat(store.get(key("absent"))).isEmpty();
    assertThat(store.getRange(key("absent"), 0, 1)).isEmpty();
    store.delete(key("absent"));
    assertThat(store.list("absent")).isEmpty();
    assertThat(store.listFolders("absent")).isEmpty();
  }

  @Test
  void readsRanges() throws IOException {
    put("range", "0123456789");
    try (ObjectContent content = store.getRange(key("range"), 3, 4).orElseThrow()) {
      assertThat(content.readAllBytes()).isEqualTo(bytes("3456"));
      assertThat(content.length()).isEqualTo(4);
      assertThat(content.object().size()).isEqualTo(10);
    }
    try (ObjectContent content = store.getRange(key("range"), 8, 100).orElseThrow()) {
      assertThat(content.readAllBytes()).isEqualTo(bytes("89"));
    }
    assertThatThrownBy(() -> store.getRange(key("range"), 10, 1))
        .isInstanceOf(ObjectStoreFailure.class)
        .hasMessageContaining("it ends before bytes=10-10");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9})
  void noticesThatADownloadWasCutOff(int after) throws IOException {
    put("cut-off-" + after, "0123456789");
    fixture.server.faults().add(S3FaultRule.truncate("GetObject", "cut-off", after));

    try (ObjectContent content = store.get(key("cut-off-" + after)).orElseThrow()) {
      assertThatThrownBy(content::readAllBytes)
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> {
                assertThat(failure.reason()).isEqualTo(ObjectStoreReason.DAMAGED);
                assertThat(failure.isTransient()).isTrue();
              })
          .hasMessageContaining("got " + after + " of 10 bytes");
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasTheStoreRefuseWhatWasDamagedOnItsWay(ChecksumMode checksums) throws IOException {
    String key = "damaged-" + checksums;
    fixture.server.faults().add(S3FaultRule.corrupt("PutObject", "damaged").times(4));
    S3Settings settings = S3Fixture.settings(S3Server.BUCKET, fixture.server.endpoint(), checksums);
    try (S3ObjectStore checked = fixture.connect(settings, S3Fixture.LIMITS)) {
      assertThatThrownBy(() -> checked.putIfAbsent(key(key), bytes("abcdef"), WriteOptions.JSON))
          .isInstanceOf(ObjectStoreFailure.class);
      fixture.server.faults().clear();
      assertThat(checked.head(key(key))).isEmpty();

      checked.putIfAbsent(key(key), bytes("abcdef"), WriteOptions.JSON);
    }
    assertThat(read(key)).isEqualTo(bytes("abcdef"));
  }

  /// The bytes are all there, and others than those that were written.
  @Test
  void noticesThatAnObjectIsNotWhatWasWritten() throws IOException {
    try (S3Connection raw = connection()) {
      raw.client()
          .putObject(
              request ->
                  request
                      .bucket(S3Server.BUCKET)
                      .key("backups/mariadb/rotten")
                      .metadata(Map.of(S3Writes.SHA256, ContentDigest.of(bytes("fresh")).sha256())),
              new S3Body(bytes("stale"), 5).request());
    }
    assertThatThrownBy(() -> read("rotten"))
        .isInstanceOf(ObjectStoreFailure.class)
        .hasMessageContaining("its SHA-256 is not the one");
  }

  @Test
  void deletes() {
    put("deleted", "x");
    store.delete(key("deleted"));
    assertThat(store.head(key("deleted"))).isEmpty();
  }

  @Test
  void listsPageByPage() {
    IntStream.range(0, 1100).parallel().forEach(i -> put("many/%05d".formatted(i), ""));
    fixture.server.forgetRequests();

    try (Stream<StoredObject> listed = store.list("many/")) {
      assertThat(listed.limit(10).map(object -> object.key().value()))
          .containsExactlyElementsOf(
              IntStream.range(0, 10).mapToObj("many/%05d"::formatted).toList());
    }
    assertThat(fixture.server.count(S3Operation.LIST_OBJECTS)).isEqualTo(1);

    assertThat(store.list("many/").map(object -> object.key().value()))
        .containsExactlyElementsOf(
            IntStream.range(0, 1100).mapToObj("many/%05d"::formatted).toList());
    assertThat(fixture.server.count(S3Operation.LIST_OBJECTS)).isEqualTo(3);

    assertThat(store.list("many/", key("many/01097")).map(object -> object.key().value()))
        .containsExactly("many/01098", "many/01099");
  }

  /// Keys that no job of ours makes, but a console or another tool does.
  @Test
  void leavesOutKeysOfOthers() {
    put("mixed/ours", "");
    try (S3Connection raw = connection()) {
      raw.client()
          .putObject(
              request -> request.bucket(S3Server.BUCKET).key("backups/mariadb/mixed/folder/"),
              new S3Body(new byte[0], 0).request());
    }
    assertThat(store.list("mixed/").map(object -> object.key().value()))
        .containsExactly("mixed/ours");
  }

  @Test
  void listsFolders() {
    put("folders/0001/a", "");
    put("folders/0001/b", "");
    put("folders/0002/deep/c", "");
    put("folders/file", "");
    put("folders-of-others/x", "");

    assertThat(store.listFolders("folders")).containsExactly("0001", "0002");
    assertThat(store.listFolders("")).contains("folders", "folders-of-others");
  }

  @Test
  void asksOnceForEachThing() {
    fixture.server.forgetRequests();
    put("counted", "x");
    store.head(key("counted"));
    put("counted", "x");

    assertThat(fixture.server.requests())
        .extracting(request -> request.operation())
        .containsExactly(
            S3Operation.PUT_OBJECT,
            S3Operation.HEAD_OBJECT,
            S3Operation.PUT_OBJECT,
            S3Operation.HEAD_OBJECT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "../a", "a/./b", "a\nb"})
  void refusesKeysThatMeanSomethingElseSomewhere(String value) {
    assertThatThrownBy(() -> new ObjectKey(value)).isInstanceOf(IllegalArgumentException.class);
  }
}
