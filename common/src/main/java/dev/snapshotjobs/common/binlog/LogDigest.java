package dev.snapshotjobs.common.binlog;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 of a log from its first byte, as if the server had closed it.
final class LogDigest {
  private final MessageDigest digest = sha256();
  private long length;

  void update(byte[] bytes, int from, int count) {
    long flagAt = InUseFlag.OFFSET - length;
    if (flagAt >= 0 && flagAt < count) {
      int index = from + (int) flagAt;
      digest.update(bytes, from, (int) flagAt);
      digest.update((byte) (bytes[index] & ~EventHeader.IN_USE));
      digest.update(bytes, index + 1, count - (int) flagAt - 1);
    } else {
      digest.update(bytes, from, count);
    }
    length += count;
  }

  long length() {
    return length;
  }

  /// Of all bytes so far; more may follow.
  String value() {
    return hexOf(digest);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String hexOf(MessageDigest running) {
    try {
      return HexFormat.of().formatHex(((MessageDigest) running.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the SHA-256 of every Java can be cloned", e);
    }
  }
}
