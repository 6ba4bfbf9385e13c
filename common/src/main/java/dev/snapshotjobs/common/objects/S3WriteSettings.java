package dev.snapshotjobs.common.objects;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/// What every object is written with: encryption and retention. Null is left to the bucket.
record S3WriteSettings(
    @Nullable ServerSideEncryption encryption, @Nullable String kmsKeyId, WriteOptions options) {

  static S3WriteSettings of(S3Settings settings, WriteOptions options) {
    return switch (settings.sse()) {
      case NONE -> new S3WriteSettings(null, null, options);
      case S3 -> new S3WriteSettings(ServerSideEncryption.AES256, null, options);
      case KMS ->
          new S3WriteSettings(
              ServerSideEncryption.AWS_KMS, settings.kmsKeyId().orElse(null), options);
    };
  }

  S3Action action() {
    return options.lock() == null ? S3Action.PUT : S3Action.PUT_LOCKED;
  }

  void apply(PutObjectRequest.Builder request) {
    request
        .contentType(options.contentType())
        .serverSideEncryption(encryption)
        .ssekmsKeyId(kmsKeyId);
    ObjectLock lock = options.lock();
    if (lock != null) {
      request.objectLockMode(mode(lock)).objectLockRetainUntilDate(lock.until());
    }
  }

  void apply(CreateMultipartUploadRequest.Builder request) {
    request
        .contentType(options.contentType())
        .serverSideEncryption(encryption)
        .ssekmsKeyId(kmsKeyId);
    ObjectLock lock = options.lock();
    if (lock != null) {
      request.objectLockMode(mode(lock)).objectLockRetainUntilDate(lock.until());
    }
  }

  private static ObjectLockMode mode(ObjectLock lock) {
    return switch (lock.mode()) {
      case GOVERNANCE -> ObjectLockMode.GOVERNANCE;
      case COMPLIANCE -> ObjectLockMode.COMPLIANCE;
    };
  }
}
