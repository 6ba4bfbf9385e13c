package dev.snapshotjobs.common.objects;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/// The requests that a multipart upload consists of.
record S3Multipart(S3Connection s3) {

  private static final String GONE = "NoSuchUpload";

  /// Not to be forgotten: its parts cost until it is completed or aborted.
  record Begun(ObjectKey key, String target, String uploadId, String writeId) {}

  Begun begin(ObjectKey key, WriteOptions options) {
    S3WriteSettings settings = S3WriteSettings.of(s3.settings(), options);
    String target = s3.settings().inBucket(key.value());
    String writeId = S3Writes.newWriteId();
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(s3.bucket())
            .key(target)
            .metadata(Map.of(S3Writes.WRITE_ID, writeId));
    settings.apply(request);
    switch (s3.settings().checksums()) {
      case WHEN_SUPPORTED -> request.checksumAlgorithm(ChecksumAlgorithm.SHA256);
      case WHEN_REQUIRED -> {}
    }
    String uploadId =
        s3.call(
            settings.action(),
            target,
            () -> s3.client().createMultipartUpload(request.build()).uploadId());
    return new Begun(key, target, uploadId, writeId);
  }

  CompletedPart send(Begun upload, int number, S3Body body) {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(s3.bucket())
            .key(upload.target())
            .uploadId(upload.uploadId())
            .partNumber(number);
    CompletedPart.Builder part = CompletedPart.builder().partNumber(number);
    switch (s3.settings().checksums()) {
      case WHEN_SUPPORTED -> {
        String sha256 = body.sha256Base64();
        request.checksumSHA256(sha256);
        part.checksumSHA256(sha256);
      }
      case WHEN_REQUIRED -> request.contentMD5(body.md5Base64());
    }
    UploadPartResponse answer =
        s3.call(
            S3Action.PUT,
            upload.target(),
            () -> s3.client().uploadPart(request.build(), body.request()));
    return part.eTag(answer.eTag()).build();
  }

  WriteResult complete(Begun upload, List<CompletedPart> parts) {
    CompleteMultipartUploadRequest request =
        CompleteMultipartUploadRequest.builder()
            .bucket(s3.bucket())
            .key(upload.target())
            .uploadId(upload.uploadId())
            .ifNoneMatch("*")
            .multipartUpload(completed -> completed.parts(parts))
            .build();
    try {
      return new WriteResult.Created(
          s3.call(
              S3Action.PUT,
              upload.target(),
              () -> s3.client().completeMultipartUpload(request).eTag()));
    } catch (ObjectStoreFailure failure) {
      // An upload that is gone may be a completed one, whose answer was lost to us.
      if (failure.status() == 412 || failure.code().equals(GONE)) {
        return new S3Writes(s3).whoseIsThere(upload.key(), upload.writeId(), failure);
      }
      throw failure;
    }
  }

  /// An upload that is gone already is fine.
  void abort(String target, String uploadId) {
    try {
      s3.call(
          S3Action.ABORT,
          target,
          () ->
              s3.client()
                  .abortMultipartUpload(
                      request -> request.bucket(s3.bucket()).key(target).uploadId(uploadId)));
    } catch (ObjectStoreFailure failure) {
      if (!failure.code().equals(GONE)) {
        throw failure;
      }
    }
  }

  /// Aborts what was begun before an instant, below a prefix.
  List<ObjectKey> abortOrphans(String prefix, Duration olderThan, Instant now) {
    String target = s3.settings().inBucket(prefix);
    Iterator<ListMultipartUploadsResponse> pages =
        s3.client()
            .listMultipartUploadsPaginator(request -> request.bucket(s3.bucket()).prefix(target))
            .iterator();
    List<ObjectKey> orphans = new ArrayList<>();
    while (s3.call(S3Action.LIST_UPLOADS, target, pages::hasNext)) {
      for (MultipartUpload upload : s3.call(S3Action.LIST_UPLOADS, target, pages::next).uploads()) {
        ObjectKey.parse(s3.settings().belowPrefix(upload.key()))
            .filter(key -> upload.initiated().isBefore(now.minus(olderThan)))
            .ifPresent(
                key -> {
                  abort(upload.key(), upload.uploadId());
                  orphans.add(key);
                });
      }
    }
    return orphans;
  }
}
