package dev.snapshotjobs.common.objects;

import static dev.snapshotjobs.common.objects.S3Fixture.bytes;
import static dev.snapshotjobs.common.objects.S3Fixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.job.ExitCode;
import dev.snapshotjobs.sandbox.S3FaultRule;
import dev.snapshotjobs.sandbox.S3Operation;
import dev.snapshotjobs.sandbox.S3Server;
import java.net.URI;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3FailuresTest {

  private final S3Fixture fixture = new S3Fixture();
  private final S3ObjectStore store = fixture.store;

  @AfterEach
  void clearFaults() {
    fixture.server.faults().clear();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private static ObjectStoreFailure failureOf(ThrowingCallable call) {
    return catchThrowableOfType(ObjectStoreFailure.class, call);
  }

  private void put(String key) {
    store.putIfAbsent(key(key), bytes("x"), WriteOptions.JSON);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          404, NoSuchBucket,                 NO_BUCKET,     USAGE,  Create the bucket sandbox-bucket
          403, AccessDenied,                 ACCESS_DENIED, USAGE,  Allow the job's identity s3:PutObject
          403, InvalidAccessKeyId,           CREDENTIALS,   USAGE,  AWS_ACCESS_KEY_ID
          403, SignatureDoesNotMatch,        CREDENTIALS,   USAGE,  AWS_SECRET_ACCESS_KEY
          400, ExpiredToken,                 CREDENTIALS,   USAGE,  Renew
          301, PermanentRedirect,            WRONG_REGION,  USAGE,  AWS_REGION
          400, AuthorizationHeaderMalformed, WRONG_REGION,  USAGE,  it is us-east-1
          403, RequestTimeTooSkewed,         CLOCK_SKEW,    FAILED, NTP
          400, BadDigest,                    DAMAGED,       FAILED, Retry
          409, ConditionalRequestConflict,   UNAVAILABLE,   FAILED, Retry later
          429, TooManyRequests,              UNAVAILABLE,   FAILED, Retry later
          500, InternalError,                UNAVAILABLE,   FAILED, Retry later
          503, SlowDown,                     UNAVAILABLE,   FAILED, Retry later
          501, NotImplemented,               REJECTED,      USAGE,  S3_CHECKSUMS
          400, InvalidRequest,               REJECTED,      USAGE,  Object Lock
          """)
  void saysWhatWasDoneAndWhatToDo(
      int status, String code, ObjectStoreReason reason, ExitCode exit, String nextStep) {
    fixture.server.faults().add(S3FaultRule.answer("PutObject", "/failing", status, code).always());

    ObjectStoreFailure failure = failureOf(() -> put("failing/" + code));

    assertThat(failure)
        .hasMessageStartingWith(
            "writing s3://sandbox-bucket/backups/mariadb/failing/" + code + ": " + code)
        .hasMessageContaining("HTTP " + status);
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.nextStep()).contains(nextStep);
    assertThat(failure.toJobException().exit()).isEqualTo(exit);
    assertThat(failure.toJobException().reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "GetObject, s3:GetObject",
    "DeleteObject, s3:DeleteObject",
    "ListObjects, s3:ListBucket",
    "HeadObject, s3:GetObject",
    "ListMultipartUploads, s3:ListBucketMultipartUploads"
  })
  void namesThePermissionThatIsMissing(String operation, String permission) {
    fixture.server.faults().add(S3FaultRule.answer(operation, "", 403, "AccessDenied"));

    ObjectStoreFailure failure =
        failureOf(
            () -> {
              var _ = store.head(key("denied"));
              var _ = store.get(key("denied"));
              store.delete(key("denied"));
              var _ = store.list("denied").toList();
              var _ = store.abortOrphans("", Duration.ZERO, java.time.Instant.EPOCH);
            });

    assertThat(failure.reason()).isEqualTo(ObjectStoreReason.ACCESS_DENIED);
    assertThat(failure.nextStep()).contains(permission, "arn:aws:s3:::sandbox-bucket/backups");
  }

  /// An answer to HEAD has no body, and so no code: wrong keys look like a missing right.
  @Test
  void mentionsTheKeysWhereTheStoreGivesNoReason() {
    fixture.server.faults().add(S3FaultRule.answer("HeadObject", "", 403, "SignatureDoesNotMatch"));

    ObjectStoreFailure failure = failureOf(() -> store.head(key("refused")));

    assertThat(failure.toJobException().exit()).isEqualTo(ExitCode.USAGE);
    assertThat(failure.nextStep()).contains("s3:GetObject", "AWS_SECRET_ACCESS_KEY");
  }

  @Test
  void survivesAFewRefusalsToServe() {
    fixture.server.faults().add(S3FaultRule.slowDown("PutObject", "/busy").times(3));
    put("busy");
    assertThat(store.head(key("busy"))).isPresent();
  }

  @Test
  void asksAFixedNumberOfTimes() {
    fixture.server.forgetRequests();
    fixture.server.faults().add(S3FaultRule.slowDown("PutObject", "/always-busy").always());
    assertThat(failureOf(() -> put("always-busy")).isTransient()).isTrue();
    assertThat(fixture.server.count(S3Operation.PUT_OBJECT)).isEqualTo(4);
  }

  @Test
  void correctsItsClockByTheStores() {
    fixture
        .server
        .faults()
        .add(S3FaultRule.answer("PutObject", "/skewed", 403, "RequestTimeTooSkewed"));
    put("skewed");
    assertThat(store.head(key("skewed"))).isPresent();
  }

  @Test
  void namesTheBucketThatIsMissing() {
    S3Settings settings =
        S3Fixture.settings(
            "no-such-bucket", fixture.server.endpoint(), ChecksumMode.WHEN_SUPPORTED);
    try (S3ObjectStore lost = fixture.connect(settings, S3Fixture.LIMITS)) {
      ObjectStoreFailure failure =
          failureOf(() -> lost.putIfAbsent(key("x"), bytes("x"), WriteOptions.JSON));
      assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_BUCKET);
      assertThat(failureOf(() -> lost.list("").toList()).reason())
          .isEqualTo(ObjectStoreReason.NO_BUCKET);
    }
  }

  @Test
  void printsNoSecret() {
    try (S3ObjectStore stranger =
        connect(
            S3Fixture.credentials("unknown-key", "hunter2-secret"), fixture.server.endpoint())) {
      ObjectStoreFailure failure = failureOf(() -> stranger.list("").toList());
      assertThat(failure.reason())
          .isIn(ObjectStoreReason.CREDENTIALS, ObjectStoreReason.ACCESS_DENIED);
      assertThat(failure).hasStackTraceContaining("listing").message().doesNotContain("hunter2");
      assertThat(failure.getCause()).message().doesNotContain("hunter2");
    }
  }

  @Test
  void saysWhereCredentialsCouldComeFrom() {
    AwsCredentialsProvider none =
        AwsCredentialsProviderChain.of(SystemPropertyCredentialsProvider.create());
    try (S3ObjectStore anonymous = connect(none, fixture.server.endpoint())) {
      ObjectStoreFailure failure = failureOf(() -> anonymous.list("").toList());
      assertThat(failure.reason()).isEqualTo(ObjectStoreReason.CREDENTIALS);
      assertThat(failure).hasMessageContaining("no credentials were found");
      assertThat(failure.nextStep()).contains("service account", "AWS_ACCESS_KEY_ID");
    }
  }

  private static S3ObjectStore connect(AwsCredentialsProvider credentials, URI endpoint) {
    return S3ObjectStore.connect(
        S3Fixture.settings(S3Server.BUCKET, endpoint, ChecksumMode.WHEN_SUPPORTED),
        S3Fixture.IMPATIENT,
        credentials);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1, refused",
    "http://store.invalid, UnknownHostException",
  })
  void saysWhomItDidNotReach(URI endpoint, String why) {
    try (S3ObjectStore lost = connect(S3Fixture.credentials("a", "b"), endpoint)) {
      ObjectStoreFailure failure = failureOf(() -> lost.list("").toList());
      assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_ANSWER);
      assertThat(failure)
          .hasMessageContaining("no answer from " + endpoint)
          .hasMessageContaining(why);
    }
  }

  /// The store accepts the connection and says nothing for longer than is waited.
  @Test
  void doesNotWaitForEver() {
    fixture
        .server
        .faults()
        .add(S3FaultRule.delay("PutObject", "/silent", Duration.ofMinutes(2)).always());
    try (S3ObjectStore impatient = fixture.connect(fixture.settings(), S3Fixture.IMPATIENT)) {
      long start = System.nanoTime();
      ObjectStoreFailure failure =
          failureOf(() -> impatient.putIfAbsent(key("silent"), bytes("x"), WriteOptions.JSON));
      assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_ANSWER);
      assertThat(failure.isTransient()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void goesOnWhenTheStoreIsBack() {
    put("restarted");
    fixture.server.stop();
    ObjectStoreFailure failure = failureOf(() -> store.head(key("restarted")));
    fixture.server.restart();

    assertThat(failure.reason()).isEqualTo(ObjectStoreReason.NO_ANSWER);
    assertThat(store.head(key("restarted"))).isPresent();
  }
}
