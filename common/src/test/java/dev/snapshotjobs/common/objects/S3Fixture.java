package dev.snapshotjobs.common.objects;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.sandbox.S3Server;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// The sandbox's object store, and a client of it that does not wait long.
final class S3Fixture implements AutoCloseable {

  static final int MIB = 1 << 20;

  /// Parts as small as S3 allows.
  static final S3Limits LIMITS =
      new S3Limits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          4,
          Duration.ofMillis(2),
          5 * MIB,
          3);

  static final S3Limits IMPATIENT =
      new S3Limits(
          Duration.ofSeconds(1),
          Duration.ofMillis(400),
          Duration.ofMillis(500),
          Duration.ofSeconds(3),
          2,
          Duration.ofMillis(2),
          5 * MIB,
          3);

  final S3Server server;
  final S3ObjectStore store;

  S3Fixture() {
    for (String chatty : new String[] {"software.amazon", "org.gaul"}) {
      ((Logger) LoggerFactory.getLogger(chatty)).setLevel(Level.WARN);
    }
    server = S3Server.start();
    store = connect(settings(), LIMITS);
  }

  S3Settings settings() {
    return settings(S3Server.BUCKET, server.endpoint(), ChecksumMode.WHEN_SUPPORTED);
  }

  static S3Settings settings(String bucket, URI endpoint, ChecksumMode checksums) {
    return new S3Settings(
        bucket,
        "backups/mariadb",
        Optional.of(endpoint),
        Optional.empty(),
        true,
        S3Server.REGION,
        SseMode.NONE,
        Optional.empty(),
        checksums);
  }

  S3ObjectStore connect(S3Settings settings, S3Limits limits) {
    return S3ObjectStore.connect(
        settings, limits, credentials(server.accessKey(), server.secretKey()));
  }

  static AwsCredentialsProvider credentials(String accessKey, String secretKey) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
  }

  /// How many multipart uploads are neither completed nor aborted.
  int openUploads() {
    return store
        .abortOrphans("", Duration.ZERO, java.time.Instant.now().plus(Duration.ofDays(1)))
        .size();
  }

  static ObjectKey key(String value) {
    return new ObjectKey(value);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    store.close();
    server.close();
  }
}
