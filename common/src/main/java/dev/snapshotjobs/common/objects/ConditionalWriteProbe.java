package dev.snapshotjobs.common.objects;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// Writes a small object twice, each way there is, and sees whether the store lets the second write
/// happen.
///
/// The object has a name of its own, so that two probes at once do not mislead each other, and is
/// deleted. Where that is denied, one of a fixed name is left, which later probes find.
final class ConditionalWriteProbe {
  private static final Logger LOG = LoggerFactory.getLogger(ConditionalWriteProbe.class);

  private static final ObjectKey LASTING = new ObjectKey("conditional-write-probe");
  private static final S3Body BODY = body();

  private final S3Connection s3;
  private final S3Writes writes;
  private final S3Multipart multipart;

  ConditionalWriteProbe(S3Connection s3) {
    this.s3 = s3;
    writes = new S3Writes(s3);
    multipart = new S3Multipart(s3);
  }

  private static S3Body body() {
    byte[] content = "Shows that this store does not overwrite.\n".getBytes(StandardCharsets.UTF_8);
    return new S3Body(content, content.length);
  }

  ConditionalWrites run() {
    if (writes.head(LASTING).isPresent()) {
      return secondWrites(LASTING);
    }
    ObjectKey passing = new ObjectKey(LASTING.value() + "-" + UUID.randomUUID());
    Optional<String> version;
    try {
      version =
          Optional.ofNullable(
              writes.send(passing, BODY, WriteOptions.BINARY, S3Writes.newWriteId()).versionId());
    } catch (ObjectStoreFailure failure) {
      return notSupported("put", failure);
    }
    try {
      return secondWrites(passing);
    } finally {
      remove(passing, version);
    }
  }

  private ConditionalWrites secondWrites(ObjectKey taken) {
    try {
      if (writes.put(taken, BODY, WriteOptions.BINARY) instanceof WriteResult.Created) {
        return new ConditionalWrites.Ignored("put overwrites");
      }
    } catch (ObjectStoreFailure failure) {
      return notSupported("put", failure);
    }
    S3Multipart.Begun upload = multipart.begin(taken, WriteOptions.BINARY);
    try {
      List<CompletedPart> parts = List.of(multipart.send(upload, 1, BODY));
      return switch (multipart.complete(upload, parts)) {
        case WriteResult.Created _ ->
            new ConditionalWrites.Ignored("completing a multipart upload overwrites");
        case WriteResult.Exists _ -> new ConditionalWrites.Honoured();
      };
    } catch (ObjectStoreFailure failure) {
      return notSupported("completing a multipart upload", failure);
    } finally {
      multipart.abort(upload.target(), upload.uploadId());
    }
  }

  /// Some stores refuse the header instead of ignoring it.
  private static ConditionalWrites notSupported(String what, ObjectStoreFailure failure) {
    if (failure.reason() == ObjectStoreReason.REJECTED) {
      return new ConditionalWrites.Ignored(what + " is refused: " + failure.getMessage());
    }
    throw failure;
  }

  /// By its version where there is one: else each probe would leave two.
  private void remove(ObjectKey key, Optional<String> version) {
    String target = s3.settings().inBucket(key.value());
    try {
      s3.call(
          version.isPresent() ? S3Action.DELETE_VERSION : S3Action.DELETE,
          target,
          () ->
              s3.client()
                  .deleteObject(
                      request ->
                          request.bucket(s3.bucket()).key(target).versionId(version.orElse(null))));
    } catch (ObjectStoreFailure failure) {
      LOG.atInfo()
          .addKeyValue("why", failure.getMessage())
          .log("the probe cannot be deleted; one is left for all later runs");
      writes.put(LASTING, BODY, WriteOptions.BINARY);
    }
  }
}
