package dev.snapshotjobs.common.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What [ObjectStore] promises, at whatever store speaks S3.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ObjectStoreContract {
  protected static final int MIB = 1 << 20;

  /// A bucket in which nobody else writes.
  protected abstract BucketAccess access();

  /// A store in it, which is not closed by a test.
  protected abstract S3ObjectStore store();

  protected static ObjectKey key(String value) {
    return new ObjectKey(value);
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  protected WriteResult put(String key, String content) {
    return store().putIfAbsent(key(key), bytes(content), WriteOptions.JSON);
  }

  protected byte[] read(String key) throws IOException {
    try (ObjectContent content = store().get(key(key)).orElseThrow()) {
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
  void letsOneOfManyWritersWin() throws Exception {
    for (int round = 0; round < 20; round++) {
      String key = "contested-" + round;
      List<Callable<WriteResult>> writes =
          IntStream.range(0, 8)
              .mapToObj(writer -> (Callable<WriteResult>) () -> put(key, "by " + writer))
              .toList();
      try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<WriteResult>> written = writers.invokeAll(writes);
        List<Integer> winners =
            IntStream.range(0, written.size())
                .filter(writer -> written.get(writer).resultNow() instanceof WriteResult.Created)
                .boxed()
                .toList();
        assertThat(winners).hasSize(1);
        assertThat(read(key)).isEqualTo(bytes("by " + winners.getFirst()));
      }
    }
  }

  @Test
  void takesTheSameContentForDoneAndOtherContentForAConflict() {
    byte[] content = bytes("content");
    assertThat(store().putOrCompare(key("compared"), content, WriteOptions.JSON))
        .isInstanceOf(CompareResult.Created.class);
    assertThat(store().putOrCompare(key("compared"), content, WriteOptions.JSON))
        .isInstanceOf(CompareResult.Same.class);
    assertThat(store().putOrCompare(key("compared"), bytes("CONTENT"), WriteOptions.JSON))
        .isInstanceOf(CompareResult.Conflict.class);
  }

  @Test
  void comparesByReadingWhatSomebodyElseHasWritten() {
    byte[] content = bytes("multipart leaves no digest");
    try (S3Connection raw = access().raw()) {
      S3Multipart multipart = new S3Multipart(raw);
      S3Multipart.Begun upload = multipart.begin(key("foreign"), WriteOptions.BINARY);
      S3Body body = new S3Body(content, content.length);
      multipart.complete(upload, List.of(multipart.send(upload, 1, body)));
    }
    assertThat(store().head(key("foreign")).orElseThrow().sha256()).isNull();

    assertThat(store().putOrCompare(key("foreign"), content, WriteOptions.BINARY))
        .isInstanceOf(CompareResult.Same.class);
    content[0] ^= 1;
    assertThat(store().putOrCompare(key("foreign"), content, WriteOptions.BINARY))
        .isInstanceOf(CompareResult.Conflict.class);
  }

  @Test
  void findsNothingWhereNothingIs() {
    assertThat(store().head(key("absent"))).isEmpty();
    assertThat(store().get(key("absent"))).isEmpty();
    assertThat(store().getRange(key("absent"), 0, 1)).isEmpty();
    store().delete(key("absent"));
    assertThat(store().list("absent")).isEmpty();
    assertThat(store().listFolders("absent")).isEmpty();
  }

  @Test
  void readsRanges() throws IOException {
    put("range", "0123456789");
    try (ObjectContent content = store().getRange(key("range"), 3, 4).orElseThrow()) {
      assertThat(content.readAllBytes()).isEqualTo(bytes("3456"));
      assertThat(content.length()).isEqualTo(4);
      assertThat(content.object().size()).isEqualTo(10);
    }
    try (ObjectContent content = store().getRange(key("range"), 8, 100).orElseThrow()) {
      assertThat(content.readAllBytes()).isEqualTo(bytes("89"));
    }
    assertThatThrownBy(() -> store().getRange(key("range"), 10, 1))
        .isInstanceOf(ObjectStoreFailure.class)
        .hasMessageContaining("it ends before bytes=10-10");
  }

  /// The bytes are all there, and others than those that were written.
  @Test
  void noticesThatAnObjectIsNotWhatWasWritten() {
    try (S3Connection raw = access().raw()) {
      raw.client()
          .putObject(
              request ->
                  request
                      .bucket(raw.bucket())
                      .key(BucketAccess.PREFIX + "/rotten")
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
    store().delete(key("deleted"));
    assertThat(store().head(key("deleted"))).isEmpty();
    assertThat(store().list("deleted")).isEmpty();
  }

  @Test
  void listsMoreThanAPage() {
    IntStream.range(0, 1100).parallel().forEach(i -> put("many/%05d".formatted(i), ""));

    assertThat(names(store().list("many/")))
        .containsExactlyElementsOf(
            IntStream.range(0, 1100).mapToObj("many/%05d"::formatted).toList());
    assertThat(names(store().list("many/", key("many/01097"))))
        .containsExactly("many/01098", "many/01099");
    assertThat(names(store().list("many/", key("many/00500-is-not-there"))).limit(1))
        .containsExactly("many/00501");
  }

  private static Stream<String> names(Stream<StoredObject> objects) {
    return objects.map(object -> object.key().value());
  }

  /// Keys that no job of ours makes, but a console or another tool does.
  @Test
  void leavesOutKeysOfOthers() {
    put("mixed/ours", "");
    try (S3Connection raw = access().raw()) {
      raw.client()
          .putObject(
              request -> request.bucket(raw.bucket()).key(BucketAccess.PREFIX + "/mixed/folder/"),
              new S3Body(new byte[0], 0).request());
    }
    assertThat(names(store().list("mixed/"))).containsExactly("mixed/ours");
  }

  @Test
  void listsFolders() {
    put("folders/0001/a", "");
    put("folders/0001/b", "");
    put("folders/0002/deep/c", "");
    put("folders/file", "");
    put("folders-of-others/x", "");

    assertThat(store().listFolders("folders")).containsExactly("0001", "0002");
    assertThat(store().listFolders("")).contains("folders", "folders-of-others");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5 * MIB})
  void writesWhatFitsIntoOnePartWithItsDigest(int size) throws IOException {
    byte[] content = noise(size, size);
    try (ObjectUpload upload = store().upload(key("small-" + size), WriteOptions.BINARY)) {
      upload.write(content);
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
    }
    assertThat(store().head(key("small-" + size)).orElseThrow().sha256())
        .isEqualTo(ContentDigest.of(content).sha256());
    assertThat(read("small-" + size)).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource
  void writesPartByPart(ChecksumMode checksums) throws IOException {
    byte[] content = noise(11 * MIB, 3);
    String key = "pieces-" + checksums;
    try (S3ObjectStore other = access().connect(SseMode.NONE, checksums);
        ObjectUpload upload = other.upload(key(key), WriteOptions.BINARY)) {
      for (int at = 0; at < content.length; at += 999_983) {
        upload.write(content, at, Math.min(999_983, content.length - at));
      }
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
      assertThat(upload.content()).isEqualTo(ContentDigest.of(content));
    }
    assertThat(read(key)).isEqualTo(content);
    assertThat(store().holds(store().head(key(key)).orElseThrow(), ContentDigest.of(content)))
        .isTrue();
  }

  @Test
  void doesNotCompleteAnUploadWhoseKeyWasTakenMeanwhile() throws IOException {
    try (ObjectUpload first = store().upload(key("raced"), WriteOptions.BINARY);
        ObjectUpload second = store().upload(key("raced"), WriteOptions.BINARY)) {
      first.write(noise(6 * MIB, 1));
      second.write(noise(6 * MIB, 2));
      assertThat(second.complete()).isInstanceOf(WriteResult.Created.class);
      assertThat(first.complete()).isInstanceOf(WriteResult.Exists.class);
    }
    assertThat(put("raced", "late")).isInstanceOf(WriteResult.Exists.class);
    assertThat(read("raced")).isEqualTo(noise(6 * MIB, 2));
    assertThat(orphans("raced")).isEmpty();
  }

  @Test
  void leavesNothingOfAnUploadThatIsGivenUp() {
    try (ObjectUpload upload = store().upload(key("given-up"), WriteOptions.BINARY)) {
      upload.write(noise(12 * MIB, 5));
    }
    assertThat(store().head(key("given-up"))).isEmpty();
    assertThat(orphans("given-up")).isEmpty();
  }

  private List<ObjectKey> orphans(String prefix) {
    return store().abortOrphans(prefix, Duration.ZERO, Instant.now().plus(Duration.ofDays(1)));
  }

  @Test
  void abortsOnlyOldOrphansBelowThePrefix() {
    try (S3Connection raw = access().raw()) {
      S3Multipart multipart = new S3Multipart(raw);
      multipart.begin(key("orphans/a/1"), WriteOptions.BINARY);
      multipart.begin(key("orphans/a/2"), WriteOptions.BINARY);
      multipart.begin(key("orphans/b/3"), WriteOptions.BINARY);
    }
    Instant now = Instant.now();

    assertThat(store().abortOrphans("orphans/a/", Duration.ofDays(1), now)).isEmpty();
    assertThat(
            store().abortOrphans("orphans/a/", Duration.ofDays(1), now.plus(Duration.ofHours(25))))
        .containsExactlyInAnyOrder(key("orphans/a/1"), key("orphans/a/2"));
    assertThat(orphans("orphans/")).containsExactly(key("orphans/b/3"));
  }

  @Test
  void honoursConditionalWritesAndKeepsNothingOfTheProbe() {
    assertThat(store().probeConditionalWrites()).isEqualTo(new ConditionalWrites.Honoured());
    assertThat(store().list("conditional-write-probe")).isEmpty();
    assertThat(orphans("conditional-write-probe")).isEmpty();
  }

  @Test
  void namesTheBucketThatIsMissing() {
    try (S3ObjectStore lost = access().toBucket("no-such-bucket").connect()) {
      assertThatThrownBy(() -> lost.putIfAbsent(key("x"), bytes("x"), WriteOptions.JSON))
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> {
                assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_BUCKET);
                assertThat(failure.nextStep()).contains("no-such-bucket");
              });
      assertThatThrownBy(() -> lost.list("").toList())
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_BUCKET));
    }
  }
}
