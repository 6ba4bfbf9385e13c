package dev.snapshotjobs.common.objects;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Objects under keys, of which none is ever overwritten. Every method throws [ObjectStoreFailure].
public interface ObjectStore extends AutoCloseable {

  /// Writes unless the key is taken.
  WriteResult putIfAbsent(ObjectKey key, byte[] content, WriteOptions options);

  /// Writes unless the key is taken, and compares if it is: for writes that may be repeated.
  default CompareResult putOrCompare(ObjectKey key, byte[] content, WriteOptions options) {
    return switch (putIfAbsent(key, content, options)) {
      case WriteResult.Created(String etag) -> new CompareResult.Created(etag);
      case WriteResult.Exists(StoredObject found) ->
          holds(found, ContentDigest.of(content))
              ? new CompareResult.Same(found)
              : new CompareResult.Conflict(found);
    };
  }

  /// Begins to write content of any size in bounded memory. Nothing is visible before
  /// [ObjectUpload#complete].
  ObjectUpload upload(ObjectKey key, WriteOptions options);

  /// Nothing is found too where there is no bucket, or no such account at some stores: the answer
  /// has no body to say so. [#probeConditionalWrites] at the start of a run rules that out.
  Optional<StoredObject> head(ObjectKey key);

  Optional<ObjectContent> get(ObjectKey key);

  /// The bytes from `from` on, `length` of them or as many as there are. At least one has to be
  /// there.
  Optional<ObjectContent> getRange(ObjectKey key, long from, long length);

  /// Whether an object has this content; reads it if its writer has not left a digest.
  boolean holds(StoredObject object, ContentDigest content);

  /// The objects whose keys begin with `prefix`, in the order of their keys' bytes. Asks for the
  /// next page when it is needed.
  Stream<StoredObject> list(String prefix);

  /// As [#list(String)], from behind a key on, which need not exist.
  Stream<StoredObject> list(String prefix, ObjectKey startAfter);

  /// The names directly below a folder that have something below them. `folder` is empty or a key.
  Stream<String> listFolders(String folder);

  /// Deletes; a key that is free already is fine. Where the bucket has versions, they stay.
  void delete(ObjectKey key);

  /// Removes the parts of uploads that were begun before `now - olderThan` and never ended, below a
  /// prefix.
  ///
  /// @return the keys they were for
  List<ObjectKey> abortOrphans(String prefix, Duration olderThan, Instant now);

  /// Tries whether this store honours conditional writes, on which everything rests.
  ConditionalWrites probeConditionalWrites();

  @Override
  void close();
}
