package dev.snapshotjobs.common.objects;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Conditional writes in one request, and the question whose object it is that is there.
///
/// An answer can be lost: then the SDK asks again, and S3 says that the key is taken, by our own
/// write. So each write carries an id in its metadata, by which it is known again.
record S3Writes(S3Connection s3) {

  static final String SHA256 = "sha256";
  static final String WRITE_ID = "write-id";

  static String newWriteId() {
    return UUID.randomUUID().toString();
  }

  WriteResult put(ObjectKey key, S3Body body, WriteOptions options) {
    String writeId = newWriteId();
    try {
      return new WriteResult.Created(send(key, body, options, writeId).eTag());
    } catch (ObjectStoreFailure failure) {
      if (failure.status() == 412) {
        return whoseIsThere(key, writeId, failure);
      }
      throw failure;
    }
  }

  PutObjectResponse send(ObjectKey key, S3Body body, WriteOptions options, String writeId) {
    S3WriteSettings settings = S3WriteSettings.of(s3.settings(), options);
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(s3.bucket())
            .key(s3.settings().inBucket(key.value()))
            .ifNoneMatch("*")
            .metadata(Map.of(SHA256, body.sha256Hex(), WRITE_ID, writeId));
    settings.apply(request);
    switch (s3.settings().checksums()) {
      case WHEN_SUPPORTED -> request.checksumSHA256(body.sha256Base64());
      case WHEN_REQUIRED -> request.contentMD5(body.md5Base64());
    }
    return s3.call(
        settings.action(),
        s3.settings().inBucket(key.value()),
        () -> s3.client().putObject(request.build(), body.request()));
  }

  /// After the store said that the key is taken.
  WriteResult whoseIsThere(ObjectKey key, String writeId, ObjectStoreFailure refusal) {
    HeadObjectResponse found =
        head(key)
            .orElseThrow(
                () ->
                    s3.diagnosis(S3Action.PUT, s3.settings().inBucket(key.value()))
                        .takenByNothing(refusal));
    return writeId.equals(found.metadata().get(WRITE_ID))
        ? new WriteResult.Created(found.eTag())
        : new WriteResult.Exists(stored(key, found));
  }

  Optional<HeadObjectResponse> head(ObjectKey key) {
    String target = s3.settings().inBucket(key.value());
    return s3.call(
        S3Action.READ,
        target,
        () -> {
          try {
            return Optional.of(
                s3.client().headObject(request -> request.bucket(s3.bucket()).key(target)));
          } catch (NoSuchKeyException e) {
            return Optional.empty();
          } catch (S3Exception e) {
            throw explained(target, e);
          }
        });
  }

  /// The answer to HEAD has no body that would say why it was refused; that to GET has one.
  private S3Exception explained(String target, S3Exception refusal) {
    if (refusal.statusCode() >= 500 || !S3Diagnosis.code(refusal).isEmpty()) {
      return refusal;
    }
    try {
      s3.client()
          .getObjectAsBytes(request -> request.bucket(s3.bucket()).key(target).range("bytes=0-0"));
    } catch (S3Exception said) {
      return said.statusCode() == refusal.statusCode() ? said : refusal;
    }
    return refusal;
  }

  static StoredObject stored(ObjectKey key, HeadObjectResponse head) {
    return new StoredObject(
        key, head.contentLength(), head.eTag(), head.lastModified(), head.metadata().get(SHA256));
  }
}
