package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// A bucket, and who asks for it.
public record BucketAccess(URI endpoint, String bucket, String accessKey, String secretKey) {
  public static final String PREFIX = "backups/mariadb";
  public static final String REGION = "us-east-1";

  public BucketAccess toBucket(String other) {
    return new BucketAccess(endpoint, other, accessKey, secretKey);
  }

  public BucketAccess through(URI other) {
    return new BucketAccess(other, bucket, accessKey, secretKey);
  }

  public BucketAccess as(String otherKey, String otherSecret) {
    return new BucketAccess(endpoint, bucket, otherKey, otherSecret);
  }

  /// With parts as small as S3 allows, and little patience.
  public S3ObjectStore connect() {
    return connect(SseMode.NONE, ChecksumMode.WHEN_SUPPORTED);
  }

  public S3ObjectStore connect(SseMode sse, ChecksumMode checksums) {
    return S3ObjectStore.connect(settings(sse, checksums), S3Fixture.LIMITS, credentials());
  }

  S3Connection raw() {
    return S3Connection.open(
        settings(SseMode.NONE, ChecksumMode.WHEN_SUPPORTED), S3Fixture.LIMITS, credentials());
  }

  private S3Settings settings(SseMode sse, ChecksumMode checksums) {
    return new S3Settings(
        bucket,
        PREFIX,
        Optional.of(endpoint),
        Optional.empty(),
        true,
        REGION,
        sse,
        Optional.empty(),
        checksums);
  }

  private StaticCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
  }
}
