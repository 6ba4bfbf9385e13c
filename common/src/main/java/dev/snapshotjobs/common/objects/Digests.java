package dev.snapshotjobs.common.objects;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The digests that every Java has.
final class Digests {

  private Digests() {}

  static MessageDigest sha256() {
    return digest("SHA-256");
  }

  static MessageDigest md5() {
    return digest("MD5");
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is missing", e);
    }
  }
}
