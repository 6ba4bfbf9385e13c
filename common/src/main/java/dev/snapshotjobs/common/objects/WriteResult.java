package dev.snapshotjobs.common.objects;

/// What became of a write to a key that had to be free.
public sealed interface WriteResult {

  /// Ours is stored, also when the store's first answer was lost.
  record Created(String etag) implements WriteResult {}

  /// Another write was earlier, by whomever; nothing was changed. Whether it is the same content:
  /// [ObjectStore#holds].
  record Exists(StoredObject found) implements WriteResult {}
}
