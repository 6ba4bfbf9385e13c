package dev.snapshotjobs.common.objects;

/// What became of a write to a key that had to be free or to hold the same content.
public sealed interface CompareResult {

  record Created(String etag) implements CompareResult {}

  /// Somebody has written the same content before.
  record Same(StoredObject found) implements CompareResult {}

  /// Something else is there, and stays.
  record Conflict(StoredObject found) implements CompareResult {}
}
