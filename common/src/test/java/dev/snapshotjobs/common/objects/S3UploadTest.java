package dev.snapshotjobs.common.objects;

import static dev.snapshotjobs.common.objects.S3Fixture.MIB;
import static dev.snapshotjobs.common.objects.S3Fixture.bytes;
import static dev.snapshotjobs.common.objects.S3Fixture.key;
import static dev.snapshotjobs.common.objects.S3Fixture.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.sandbox.Hook;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import dev.snapshotjobs.sandbox.S3Server;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3UploadTest {

  private final S3Fixture fixture = new S3Fixture();
  private final S3ObjectStore store = fixture.store;

  @AfterEach
  void nothingIsLeft() {
    boolean used = fixture.server.faults().isEmpty();
    fixture.server.faults().clear();
    assertThat(used).as("each fault has hit").isTrue();
    assertThat(fixture.openUploads()).isZero();
    fixture.server.forgetRequests();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  /// Sixty parts, of which never more than four are in memory.
  @Test
  void uploadsMoreThanItRemembers() {
    byte[] chunk = noise(MIB, 7);
    ContentDigest content;
    try (S3Upload upload = store.upload(key("large"), WriteOptions.BINARY)) {
      for (int i = 0; i < 300; i++) {
        upload.write(chunk);
      }
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
      content = upload.content();
      assertThat(upload.buffers().allocated()).isLessThanOrEqualTo(4);
    }
    // One that the client had to repeat is there twice: what counts is what was kept.
    assertThat(fixture.server.count(S3Operation.UPLOAD_PART))
        .as(() -> fixture.server.requests().toString())
        .isBetween(60L, 62L);
    StoredObject stored = store.head(key("large")).orElseThrow();
    assertThat(stored.size()).isEqualTo(300L * MIB);
    assertThat(store.holds(stored, content)).isTrue();
    store.delete(key("large"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5 * MIB})
  void putsInOneRequestWhatFitsIntoOnePart(int size) {
    byte[] content = noise(size, size);
    try (ObjectUpload upload = store.upload(key("small-" + size), WriteOptions.BINARY)) {
      upload.write(content);
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
    }
    assertThat(fixture.server.requests())
        .extracting(request -> request.operation())
        .containsExactly(S3Operation.PUT_OBJECT);
    StoredObject stored = store.head(key("small-" + size)).orElseThrow();
    assertThat(stored.sha256()).isEqualTo(ContentDigest.of(content).sha256());
  }

  @ParameterizedTest
  @EnumSource
  void sendsEachByteOnce(ChecksumMode checksums) {
    byte[] content = noise(10 * MIB, 3);
    S3Settings settings = S3Fixture.settings(S3Server.BUCKET, fixture.server.endpoint(), checksums);
    try (S3ObjectStore other = fixture.connect(settings, S3Fixture.LIMITS);
        ObjectUpload upload = other.upload(key("pieces-" + checksums), WriteOptions.BINARY)) {
      for (int at = 0; at < content.length; at += 999_983) {
        upload.write(content, at, Math.min(999_983, content.length - at));
      }
      upload.complete();
      assertThat(upload.content()).isEqualTo(ContentDigest.of(content));
    }
    assertThat(fixture.server.count(S3Operation.UPLOAD_PART)).isEqualTo(2);
    StoredObject stored = store.head(key("pieces-" + checksums)).orElseThrow();
    assertThat(store.holds(stored, ContentDigest.of(content))).isTrue();
  }

  /// Two parts wait for each other at the store: one after the other would never arrive.
  @Test
  void sendsPartsInParallel() {
    CyclicBarrier together = new CyclicBarrier(2);
    fixture.server.faults().add(Hook.before("UploadPart", "/both", () -> await(together)).times(2));

    try (ObjectUpload upload = store.upload(key("both"), WriteOptions.BINARY)) {
      upload.write(noise(10 * MIB, 4));
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(8, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("the other part has not come", e);
    }
  }

  @Test
  void leavesNothingWhenItIsNotCompleted() {
    try (ObjectUpload upload = store.upload(key("given-up"), WriteOptions.BINARY)) {
      upload.write(noise(12 * MIB, 5));
    }
    assertThat(store.head(key("given-up"))).isEmpty();
    assertThat(fixture.server.count(S3Operation.ABORT_UPLOAD)).isEqualTo(1);
  }

  @Test
  void endsWithTheFailureOfAPartAndLeavesNothing() {
    fixture
        .server
        .faults()
        .add(S3FaultRule.answer("UploadPart", "partNumber=2", 403, "AccessDenied"));

    try (ObjectUpload upload = store.upload(key("denied"), WriteOptions.BINARY)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  upload.write(noise(MIB, i));
                }
                upload.complete();
              })
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> assertThat(failure.reason()).isEqualTo(ObjectStoreReason.ACCESS_DENIED));
    }
    assertThat(store.head(key("denied"))).isEmpty();
  }

  @Test
  void survivesPartsThatFailAtFirst() {
    fixture.server.faults().add(S3FaultRule.slowDown("UploadPart", "/slow").times(2));
    fixture.server.faults().add(S3FaultRule.drop("UploadPart", "/slow"));
    fixture.server.faults().add(S3FaultRule.loseAnswer("UploadPart", "/slow"));
    fixture.server.faults().add(S3FaultRule.loseAnswer("CreateMultipartUpload", "/slow"));
    byte[] content = noise(11 * MIB, 6);

    try (ObjectUpload upload = store.upload(key("slow"), WriteOptions.BINARY)) {
      upload.write(content);
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
    }
    StoredObject stored = store.head(key("slow")).orElseThrow();
    assertThat(store.holds(stored, ContentDigest.of(content))).isTrue();
    // The upload that was begun and never heard of.
    assertThat(fixture.openUploads()).isEqualTo(1);
  }

  @Test
  void hasTheStoreRefuseADamagedPart() {
    fixture.server.faults().add(S3FaultRule.corrupt("UploadPart", "/damaged").always());
    try (ObjectUpload upload = store.upload(key("damaged"), WriteOptions.BINARY)) {
      upload.write(noise(6 * MIB, 8));
      assertThatThrownBy(upload::complete).isInstanceOf(ObjectStoreFailure.class);
    }
    fixture.server.faults().clear();
    assertThat(store.head(key("damaged"))).isEmpty();
  }

  @Test
  void cleansUpWhenItIsInterrupted() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    Thread runner = Thread.currentThread();
    fixture
        .server
        .faults()
        .add(
            Hook.before(
                "UploadPart",
                "/stopped",
                () -> {
                  arrived.countDown();
                  runner.interrupt();
                }));

    try (ObjectUpload upload = store.upload(key("stopped"), WriteOptions.BINARY)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  upload.write(noise(MIB, i));
                }
                upload.complete();
              })
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> assertThat(failure.reason()).isEqualTo(ObjectStoreReason.INTERRUPTED));
    }
    assertThat(Thread.interrupted()).as("the interrupt is passed on").isTrue();
    assertThat(arrived.await(1, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusesToGoOnAfterItsEnd() {
    try (ObjectUpload upload = store.upload(key("ended"), WriteOptions.BINARY)) {
      upload.write(bytes("x"));
      upload.complete();
      assertThatThrownBy(() -> upload.write(bytes("y"))).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(upload::complete).isInstanceOf(IllegalStateException.class);
    }
  }
}
