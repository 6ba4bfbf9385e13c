package dev.snapshotjobs.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.objects.BucketAccess;
import dev.snapshotjobs.common.objects.ConditionalWrites;
import dev.snapshotjobs.common.objects.ObjectLock;
import dev.snapshotjobs.common.objects.ObjectStoreContract;
import dev.snapshotjobs.common.objects.ObjectStoreFailure;
import dev.snapshotjobs.common.objects.ObjectStoreReason;
import dev.snapshotjobs.common.objects.ObjectUpload;
import dev.snapshotjobs.common.objects.S3ObjectStore;
import dev.snapshotjobs.common.objects.WriteOptions;
import dev.snapshotjobs.common.objects.WriteResult;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Front;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.model.GetObjectRetentionResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The object store of a server that has versions, Object Lock and accounts.
class ObjectStoreIT extends ObjectStoreContract {
  private static final String STRANGER = "a-stranger";
  private static final String SECRET = "hunter2-secret";

  @AutoClose private StoreContainer server;
  @AutoClose private S3Front front;
  @AutoClose private S3ObjectStore store;
  private String versioned = "";
  private String lockable = "";

  @BeforeAll
  void start() throws IOException, InterruptedException {
    server = StoreContainer.start();
    front = S3Front.before(server.address());
    versioned = server.createVersionedBucket("versioned");
    lockable = server.createLockableBucket("lockable");
    server.addAccount(STRANGER, SECRET);
    store = access().connect();
  }

  @Override
  protected BucketAccess access() {
    return new BucketAccess(
        server.endpoint(), versioned, StoreContainer.ACCESS_KEY, StoreContainer.SECRET_KEY);
  }

  @Override
  protected S3ObjectStore store() {
    return store;
  }

  private ListObjectVersionsResponse versions(String bucket, String key) {
    return server
        .client()
        .listObjectVersions(
            request -> request.bucket(bucket).prefix(BucketAccess.PREFIX + "/" + key));
  }

  @Test
  void hidesWhatItDeletesAndKeepsTheVersion() throws IOException {
    put("hidden", "still there");

    store.delete(key("hidden"));

    assertThat(store.head(key("hidden"))).isEmpty();
    ListObjectVersionsResponse left = versions(versioned, "hidden");
    assertThat(left.deleteMarkers()).hasSize(1);
    assertThat(left.versions()).hasSize(1);
    ObjectVersion version = left.versions().getFirst();
    assertThat(
            server
                .client()
                .getObject(
                    request ->
                        request.bucket(versioned).key(version.key()).versionId(version.versionId()))
                .readAllBytes())
        .isEqualTo(bytes("still there"));
  }

  @Test
  void probesWithoutLeavingAVersionOrAMarker() {
    store.probeConditionalWrites();

    ListObjectVersionsResponse left = versions(versioned, "conditional-write-probe");
    assertThat(left.versions()).isEmpty();
    assertThat(left.deleteMarkers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"GOVERNANCE, 6", "COMPLIANCE, 6", "GOVERNANCE, 6000000", "COMPLIANCE, 6000000"})
  void locksAVersionUntilItsTime(ObjectLock.Mode mode, int size) {
    Instant until = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    String name = "locked-" + mode + "-" + size;
    try (S3ObjectStore locking = access().toBucket(lockable).connect();
        ObjectUpload upload =
            locking.upload(key(name), WriteOptions.BINARY.lockedBy(new ObjectLock(mode, until)))) {
      upload.write(noise(size, 1));
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);

      locking.delete(key(name));
      assertThat(locking.head(key(name))).isEmpty();
    }

    assertThat(versions(lockable, name).versions())
        .singleElement()
        .satisfies(
            version -> {
              GetObjectRetentionResponse retention =
                  server
                      .client()
                      .getObjectRetention(
                          request ->
                              request
                                  .bucket(lockable)
                                  .key(version.key())
                                  .versionId(version.versionId()));
              assertThat(retention.retention().mode())
                  .isEqualTo(ObjectLockRetentionMode.fromValue(mode.name()));
              assertThat(retention.retention().retainUntilDate()).isEqualTo(until);
              assertThatThrownBy(
                      () ->
                          server
                              .client()
                              .deleteObject(
                                  request ->
                                      request
                                          .bucket(lockable)
                                          .key(version.key())
                                          .versionId(version.versionId())))
                  .isInstanceOfSatisfying(
                      S3Exception.class,
                      refusal -> assertThat(refusal.statusCode()).isEqualTo(403));
            });
    assertThat(versions(lockable, name).versions()).hasSize(1);
  }

  @Test
  void leavesOneProbeWhereTheBucketLocksEverythingByItself() {
    String keeping = server.createLockableBucket("keeping");
    server
        .client()
        .putObjectLockConfiguration(
            request ->
                request
                    .bucket(keeping)
                    .objectLockConfiguration(
                        lock ->
                            lock.objectLockEnabled("Enabled")
                                .rule(
                                    rule ->
                                        rule.defaultRetention(
                                            every -> every.mode("COMPLIANCE").days(1)))));
    try (S3ObjectStore kept = access().toBucket(keeping).connect()) {
      assertThat(kept.probeConditionalWrites()).isEqualTo(new ConditionalWrites.Honoured());
      int left = versions(keeping, "").versions().size();

      assertThat(kept.probeConditionalWrites()).isEqualTo(new ConditionalWrites.Honoured());

      assertThat(versions(keeping, "").versions()).hasSize(left);
    }
  }

  @Test
  void saysThatABucketCannotLock() {
    WriteOptions locked =
        WriteOptions.BINARY.lockedBy(
            new ObjectLock(ObjectLock.Mode.GOVERNANCE, Instant.now().plus(Duration.ofHours(1))));

    assertThatThrownBy(() -> store.putIfAbsent(key("cannot-lock"), bytes("x"), locked))
        .isInstanceOfSatisfying(
            ObjectStoreFailure.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(ObjectStoreReason.REJECTED);
              assertThat(failure.nextStep()).contains("Object Lock");
            });
  }

  /// At S3 it would be free again. A job never writes again what it has deleted.
  @Test
  void takesADeletedKeyForTakenAndSaysSo() {
    put("taken", "x");
    store.delete(key("taken"));

    assertThatThrownBy(() -> put("taken", "y"))
        .isInstanceOf(ObjectStoreFailure.class)
        .hasMessageContaining("finds nothing there")
        .hasMessageContaining("delete marker");
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatWasDamagedOnItsWay(ChecksumMode checksums) throws IOException {
    String small = "damaged-" + checksums;
    String large = "damaged-part-" + checksums;
    front.faults().add(S3FaultRule.corrupt("PutObject", "damaged").always());
    front.faults().add(S3FaultRule.corrupt("UploadPart", "damaged").always());
    try (S3ObjectStore attacked =
        access().through(front.endpoint()).connect(SseMode.NONE, checksums)) {
      assertThatThrownBy(() -> attacked.putIfAbsent(key(small), bytes("abcdef"), WriteOptions.JSON))
          .isInstanceOfSatisfying(
              ObjectStoreFailure.class,
              failure -> assertThat(failure.reason()).isEqualTo(ObjectStoreReason.DAMAGED));
      try (ObjectUpload upload = attacked.upload(key(large), WriteOptions.BINARY)) {
        upload.write(noise(6 * MIB, 8));
        assertThatThrownBy(upload::complete)
            .isInstanceOfSatisfying(
                ObjectStoreFailure.class,
                failure -> assertThat(failure.reason()).isEqualTo(ObjectStoreReason.DAMAGED));
      }
      front.faults().clear();
      assertThat(store.head(key(small))).isEmpty();
      assertThat(store.head(key(large))).isEmpty();

      assertThat(attacked.putIfAbsent(key(small), bytes("abcdef"), WriteOptions.JSON))
          .isInstanceOf(WriteResult.Created.class);
    }
    assertThat(read(small)).isEqualTo(bytes("abcdef"));
  }

  @ParameterizedTest
  @EnumSource
  void takesItsEncryptionSettings(SseMode sse) throws IOException {
    try (S3ObjectStore encrypting = access().connect(sse, ChecksumMode.WHEN_SUPPORTED);
        ObjectUpload upload = encrypting.upload(key("parts-" + sse), WriteOptions.BINARY)) {
      assertThat(encrypting.putIfAbsent(key("put-" + sse), bytes("x"), WriteOptions.JSON))
          .isInstanceOf(WriteResult.Created.class);
      upload.write(noise(6 * MIB, 9));
      assertThat(upload.complete()).isInstanceOf(WriteResult.Created.class);
    }
    assertThat(read("put-" + sse)).isEqualTo(bytes("x"));
    assertThat(read("parts-" + sse)).isEqualTo(noise(6 * MIB, 9));
  }

  @Test
  void namesWhatAnAccountIsNotAllowedTo() {
    put("not-for-all", "x");
    try (S3ObjectStore denied = access().as(STRANGER, SECRET).connect()) {
      for (ObjectStoreFailure failure :
          List.of(
              failureOf(() -> denied.putIfAbsent(key("denied"), bytes("x"), WriteOptions.JSON)),
              failureOf(() -> denied.head(key("not-for-all"))),
              failureOf(() -> denied.delete(key("not-for-all"))),
              failureOf(() -> denied.list("").toList()),
              failureOf(() -> denied.abortOrphans("", Duration.ZERO, Instant.EPOCH)),
              failureOf(denied::probeConditionalWrites))) {
        assertThat(failure.reason()).isEqualTo(ObjectStoreReason.ACCESS_DENIED);
        assertThat(failure.nextStep()).contains("s3:", "arn:aws:s3:::" + versioned);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({STRANGER + ", wrong-secret", "nobody, " + SECRET})
  void saysThatTheCredentialsAreWrong(String accessKey, String secretKey) {
    try (S3ObjectStore refused = access().as(accessKey, secretKey).connect()) {
      for (ObjectStoreFailure failure :
          List.of(
              failureOf(() -> refused.putIfAbsent(key("refused"), bytes("x"), WriteOptions.JSON)),
              failureOf(() -> refused.list("").toList()),
              failureOf(refused::probeConditionalWrites))) {
        assertThat(failure.reason()).isEqualTo(ObjectStoreReason.CREDENTIALS);
        assertThat(failure.nextStep()).contains("AWS_SECRET_ACCESS_KEY");
        assertThat(failure).message().doesNotContain(secretKey);
      }
    }
  }

  private static ObjectStoreFailure failureOf(ThrowingCallable request) {
    return catchThrowableOfType(ObjectStoreFailure.class, request);
  }
}
