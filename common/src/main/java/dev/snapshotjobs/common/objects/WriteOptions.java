package dev.snapshotjobs.common.objects;

import org.jspecify.annotations.Nullable;

/// How an object is written.
///
/// @param lock null: whatever the bucket does by itself
public record WriteOptions(String contentType, @Nullable ObjectLock lock) {

  public static final WriteOptions BINARY = new WriteOptions("application/octet-stream", null);
  public static final WriteOptions JSON = new WriteOptions("application/json", null);

  public WriteOptions lockedBy(ObjectLock retention) {
    return new WriteOptions(contentType, retention);
  }
}
