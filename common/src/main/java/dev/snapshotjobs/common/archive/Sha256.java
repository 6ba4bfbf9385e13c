package dev.snapshotjobs.common.archive;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// A SHA-256 that goes along with what is written or read.
final class Sha256 {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  /// Of no bytes at all.
  static final String EMPTY = new Sha256().value();

  private final MessageDigest digest;

  Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Sha256 digest = new Sha256();
    digest.update(bytes, 0, bytes.length);
    return digest.value();
  }

  void update(byte[] bytes, int from, int length) {
    digest.update(bytes, from, length);
  }

  /// Of all bytes so far; more may follow.
  String value() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the SHA-256 of every Java can be cloned", e);
    }
  }

  static String checked(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " is no SHA-256; expected 64 digits of lower case hexadecimal");
    }
    return text;
  }
}
