package dev.snapshotjobs.common.archive;

import java.io.IOException;

/// Fetches bytes of one object from the bucket.
@FunctionalInterface
public interface RangeSource {
  /// Gives the bytes, fewer only if the object ends before
  byte[] fetch(long offset, int length) throws IOException;
}
