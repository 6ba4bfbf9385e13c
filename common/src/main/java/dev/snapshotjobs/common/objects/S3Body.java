package dev.snapshotjobs.common.objects;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import software.amazon.awssdk.core.sync.RequestBody;

/// The first bytes of an array as the body of a request: not copied, and read again when the SDK
/// repeats the request.
final class S3Body {

  private final byte[] bytes;
  private final int length;

  S3Body(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  RequestBody request() {
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(bytes, 0, length), length, "application/octet-stream");
  }

  int length() {
    return length;
  }

  String sha256Hex() {
    return HexFormat.of().formatHex(digest(Digests.sha256()));
  }

  String sha256Base64() {
    return Base64.getEncoder().encodeToString(digest(Digests.sha256()));
  }

  String md5Base64() {
    return Base64.getEncoder().encodeToString(digest(Digests.md5()));
  }

  private byte[] digest(MessageDigest digest) {
    digest.update(bytes, 0, length);
    return digest.digest();
  }
}
