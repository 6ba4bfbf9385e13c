package dev.snapshotjobs.common.objects;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Objects in a bucket of S3, or of a store that speaks it.
public final class S3ObjectStore implements ObjectStore {

  private final S3Connection s3;
  private final S3Writes writes;

  private S3ObjectStore(S3Connection s3) {
    this.s3 = s3;
    writes = new S3Writes(s3);
  }

  /// Connects with the credentials that the AWS SDK finds: of a role, or in the environment. No
  /// request is made yet.
  public static S3ObjectStore connect(S3Settings settings) {
    return connect(settings, S3Limits.STANDARD, DefaultCredentialsProvider.builder().build());
  }

  static S3ObjectStore connect(
      S3Settings settings, S3Limits limits, AwsCredentialsProvider credentials) {
    return new S3ObjectStore(S3Connection.open(settings, limits, credentials));
  }

  @Override
  public WriteResult putIfAbsent(ObjectKey key, byte[] content, WriteOptions options) {
    return writes.put(key, new S3Body(content, content.length), options);
  }

  @Override
  public S3Upload upload(ObjectKey key, WriteOptions options) {
    return new S3Upload(s3, key, options);
  }

  @Override
  public Optional<StoredObject> head(ObjectKey key) {
    return writes.head(key).map(found -> S3Writes.stored(key, found));
  }

  @Override
  public Optional<ObjectContent> get(ObjectKey key) {
    return open(key, "");
  }

  @Override
  public Optional<ObjectContent> getRange(ObjectKey key, long from, long length) {
    if (from < 0 || length < 1) {
      throw new IllegalArgumentException("no range: " + length + " bytes from " + from);
    }
    return open(key, "bytes=" + from + "-" + (from + length - 1));
  }

  private Optional<ObjectContent> open(ObjectKey key, String range) {
    String target = s3.settings().inBucket(key.value());
    GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(s3.bucket()).key(target);
    if (!range.isEmpty()) {
      request.range(range);
    }
    return s3.call(
        S3Action.READ,
        target,
        () -> {
          try {
            return Optional.of(content(key, s3.client().getObject(request.build()), range));
          } catch (NoSuchKeyException e) {
            return Optional.empty();
          } catch (S3Exception e) {
            if (e.statusCode() == 416) {
              throw s3.diagnosis(S3Action.READ, target).damaged("it ends before " + range, e);
            }
            throw e;
          }
        });
  }

  private ObjectContent content(
      ObjectKey key, ResponseInputStream<GetObjectResponse> body, String range) {
    GetObjectResponse head = body.response();
    S3Diagnosis diagnosis = s3.diagnosis(S3Action.READ, s3.settings().inBucket(key.value()));
    String told = head.contentRange();
    if (!range.isEmpty() && told == null) {
      body.abort();
      throw diagnosis.damaged("the store has sent all of it, not the range " + range);
    }
    long size =
        told == null ? head.contentLength() : Long.parseLong(told.substring(told.indexOf('/') + 1));
    return new S3Content(
        new StoredObject(
            key, size, head.eTag(), head.lastModified(), head.metadata().get(S3Writes.SHA256)),
        body,
        diagnosis,
        range.isEmpty());
  }

  @Override
  public boolean holds(StoredObject object, ContentDigest content) {
    if (object.size() != content.size()) {
      return false;
    }
    if (object.sha256() != null) {
      return object.sha256().equals(content.sha256());
    }
    return get(object.key()).map(S3ObjectStore::digestOf).filter(content::equals).isPresent();
  }

  private static ContentDigest digestOf(ObjectContent content) {
    try (content) {
      return ContentDigest.of(content);
    }
  }

  @Override
  public Stream<StoredObject> list(String prefix) {
    return objects(ListObjectsV2Request.builder(), prefix);
  }

  @Override
  public Stream<StoredObject> list(String prefix, ObjectKey startAfter) {
    return objects(
        ListObjectsV2Request.builder().startAfter(s3.settings().inBucket(startAfter.value())),
        prefix);
  }

  private Stream<StoredObject> objects(ListObjectsV2Request.Builder request, String prefix) {
    return pages(request, s3.settings().inBucket(prefix))
        .flatMap(page -> page.contents().stream())
        .flatMap(found -> stored(found).stream());
  }

  @Override
  public Stream<String> listFolders(String folder) {
    String target = s3.settings().inBucket(folder);
    String prefix = target.isEmpty() || target.endsWith("/") ? target : target + "/";
    return pages(ListObjectsV2Request.builder().delimiter("/"), prefix)
        .flatMap(page -> page.commonPrefixes().stream())
        .map(CommonPrefix::prefix)
        .map(name -> name.substring(prefix.length(), name.length() - 1));
  }

  private Stream<ListObjectsV2Response> pages(ListObjectsV2Request.Builder request, String prefix) {
    Iterator<ListObjectsV2Response> pages =
        s3.client()
            .listObjectsV2Paginator(request.bucket(s3.bucket()).prefix(prefix).build())
            .iterator();
    Iterator<ListObjectsV2Response> diagnosed =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return s3.call(S3Action.LIST, prefix, pages::hasNext);
          }

          @Override
          public ListObjectsV2Response next() {
            return s3.call(S3Action.LIST, prefix, pages::next);
          }
        };
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(diagnosed, Spliterator.ORDERED), false);
  }

  /// Empty for what others have put there, such as the `folder/` that consoles make.
  private Optional<StoredObject> stored(S3Object found) {
    return ObjectKey.parse(s3.settings().belowPrefix(found.key()))
        .map(key -> new StoredObject(key, found.size(), found.eTag(), found.lastModified(), null));
  }

  @Override
  public void delete(ObjectKey key) {
    String target = s3.settings().inBucket(key.value());
    s3.call(
        S3Action.DELETE,
        target,
        () -> s3.client().deleteObject(request -> request.bucket(s3.bucket()).key(target)));
  }

  @Override
  public List<ObjectKey> abortOrphans(String prefix, Duration olderThan, Instant now) {
    return new S3Multipart(s3).abortOrphans(prefix, olderThan, now);
  }

  @Override
  public ConditionalWrites probeConditionalWrites() {
    return new ConditionalWriteProbe(s3).run();
  }

  @Override
  public void close() {
    s3.close();
  }
}
