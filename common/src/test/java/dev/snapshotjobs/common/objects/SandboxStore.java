package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.sandbox.S3Server;
import java.net.URI;
import java.util.Optional;

/// The bucket of the sandbox's object store, as tests of jobs look into it.
public final class SandboxStore {
  private SandboxStore() {}

  /// Lets all of this process use the account of that server, as a job finds its own.
  public static S3ObjectStore connect(S3Server s3, String prefix) {
    System.setProperty("aws.accessKeyId", s3.accessKey());
    System.setProperty("aws.secretAccessKey", s3.secretKey());
    return S3ObjectStore.connect(settings(s3.endpoint(), S3Server.BUCKET, prefix));
  }

  public static S3Settings settings(URI endpoint, String bucket, String prefix) {
    return new S3Settings(
        bucket,
        prefix,
        Optional.of(endpoint),
        Optional.empty(),
        true,
        S3Server.REGION,
        SseMode.NONE,
        Optional.empty(),
        ChecksumMode.WHEN_SUPPORTED);
  }
}
