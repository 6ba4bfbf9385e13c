package dev.snapshotjobs.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class S3ServerTest {

  private final S3Server server = S3Server.start();
  private final S3Client client = client(server, server.secretKey());

  private static S3Client client(S3Server server, String secretKey) {
    return S3Client.builder()
        .endpointOverride(server.endpoint())
        .forcePathStyle(true)
        // In chunks, the digest is behind the body, and the byte that is changed may be in between.
        .serviceConfiguration(settings -> settings.chunkedEncodingEnabled(false))
        .region(Region.of(S3Server.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.accessKey(), secretKey)))
        .overrideConfiguration(settings -> settings.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  @AfterEach
  void clearFaults() {
    assertThat(server.faults().isEmpty()).as("each fault has hit").isTrue();
    server.ignoreConditionsOf(Set.of());
  }

  @AfterAll
  void close() {
    client.close();
    server.close();
  }

  private void put(String key, String content) {
    client.putObject(
        PutObjectRequest.builder().bucket(S3Server.BUCKET).key(key).ifNoneMatch("*").build(),
        RequestBody.fromString(content));
  }

  private String get(String key) {
    return client
        .getObjectAsBytes(request -> request.bucket(S3Server.BUCKET).key(key))
        .asUtf8String();
  }

  @Test
  void storesAndHonoursConditions() {
    put("a/key with ü", "first");

    assertStatus(412, () -> put("a/key with ü", "second"));

    assertThat(get("a/key with ü")).isEqualTo("first");
    assertThat(
            client
                .headObject(request -> request.bucket(S3Server.BUCKET).key("a/key with ü"))
                .contentLength())
        .isEqualTo(5);
  }

  @Test
  void ignoresConditionsWhenToldTo() {
    put("ignored", "first");
    server.ignoreConditionsOf(Set.of(S3Operation.PUT_OBJECT));

    put("ignored", "second");

    assertThat(get("ignored")).isEqualTo("second");
  }

  @Test
  void refusesAWrongSignature() {
    try (S3Client stranger = client(server, "another secret")) {
      assertStatus(403, () -> stranger.listObjectsV2(request -> request.bucket(S3Server.BUCKET)));
    }
  }

  @Test
  void answersAndDelaysAndDropsAsTold() {
    server.faults().add(S3FaultRule.slowDown("PutObject", "/faulty"));
    server.faults().add(S3FaultRule.drop("PutObject", "/faulty"));
    server.faults().add(S3FaultRule.delay("PutObject", "/faulty", Duration.ofMillis(1)));

    assertStatus(503, () -> put("faulty", "x"));
    assertThatThrownBy(() -> put("faulty", "x")).isInstanceOf(SdkClientException.class);
    put("faulty", "x");

    assertThat(get("faulty")).isEqualTo("x");
  }

  @Test
  void carriesOutWhatItsClientDoesNotLearnOf() {
    server.faults().add(S3FaultRule.loseAnswer("PutObject", "/lost"));
    server.faults().add(S3FaultRule.lieAfterwards("PutObject", "/lied", 500, "InternalError"));

    assertThatThrownBy(() -> put("lost", "x")).isInstanceOf(SdkClientException.class);
    assertStatus(500, () -> put("lied", "y"));

    assertThat(get("lost")).isEqualTo("x");
    assertThat(get("lied")).isEqualTo("y");
  }

  @Test
  void cutsABodyOff() throws IOException {
    put("long", "0123456789");
    server.faults().add(S3FaultRule.truncate("GetObject", "/long", 4));

    try (ResponseInputStream<GetObjectResponse> body =
        client.getObject(request -> request.bucket(S3Server.BUCKET).key("long"))) {
      assertThat(new String(body.readNBytes(4), StandardCharsets.UTF_8)).isEqualTo("0123");
      assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesABodyThatWasChangedOnItsWay() {
    server.faults().add(S3FaultRule.corrupt("PutObject", "/changed"));

    assertStatus(400, () -> put("changed", "0123456789"));
  }

  @Test
  void actsBeforeAndAfterARequest() {
    server.faults().add(Hook.before("PutObject", "/raced", () -> put("raced", "other")));
    server.faults().add(Hook.after("GetObject", "/read", () -> put("after", "x")));
    put("read", "y");

    assertStatus(412, () -> put("raced", "own"));
    get("read");

    assertThat(get("raced")).isEqualTo("other");
    assertThat(get("after")).isEqualTo("x");
  }

  @Test
  void throwsInTheEndWhatAnActionHasThrown() {
    S3Server other = S3Server.start();
    other
        .faults()
        .add(
            Hook.before(
                "ListObjects",
                "",
                () -> {
                  throw new AssertionError("seen by nobody");
                }));
    try (S3Client otherClient = client(other, other.secretKey())) {
      assertStatus(
          500, () -> otherClient.listObjectsV2(request -> request.bucket(S3Server.BUCKET)));
    }
    assertThatThrownBy(other::close)
        .isInstanceOf(SandboxException.class)
        .hasRootCauseMessage("seen by nobody");
  }

  @Test
  void comesBackWithItsContent() {
    put("kept", "x");

    server.stop();
    assertThatThrownBy(() -> get("kept")).isInstanceOf(SdkClientException.class);
    server.restart();

    assertThat(get("kept")).isEqualTo("x");
  }

  @Test
  void countsRequestsByOperation() {
    server.forgetRequests();
    put("counted", "x");
    get("counted");
    get("counted");

    assertThat(server.count(S3Operation.PUT_OBJECT)).isEqualTo(1);
    assertThat(server.count(S3Operation.GET_OBJECT)).isEqualTo(2);
    assertThat(server.requests()).extracting(S3Request::status).containsOnly(200);
  }

  private static void assertStatus(int status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class, failure -> assertThat(failure.statusCode()).isEqualTo(status));
  }
}
