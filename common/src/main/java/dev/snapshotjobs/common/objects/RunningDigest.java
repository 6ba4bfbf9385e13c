package dev.snapshotjobs.common.objects;

import java.security.MessageDigest;
import java.util.HexFormat;

/// Length and SHA-256 of content that is still passing.
final class RunningDigest {

  private final MessageDigest sha256 = Digests.sha256();
  private long size;

  void add(byte[] bytes, int from, int count) {
    sha256.update(bytes, from, count);
    size += count;
  }

  long size() {
    return size;
  }

  /// Of what has passed so far.
  ContentDigest soFar() {
    try {
      MessageDigest copy = (MessageDigest) sha256.clone();
      return new ContentDigest(size, HexFormat.of().formatHex(copy.digest()));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this Java cannot be cloned", e);
    }
  }
}
