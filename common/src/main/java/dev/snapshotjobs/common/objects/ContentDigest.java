package dev.snapshotjobs.common.objects;

import java.util.HexFormat;

/// By what a content is known.
///
/// @param sha256 in hex
public record ContentDigest(long size, String sha256) {

  public static ContentDigest of(byte[] content) {
    return new ContentDigest(
        content.length, HexFormat.of().formatHex(Digests.sha256().digest(content)));
  }

  /// Reads all of it.
  static ContentDigest of(ObjectContent content) {
    RunningDigest digest = new RunningDigest();
    byte[] buffer = new byte[1 << 16];
    for (int read = content.read(buffer, 0, buffer.length);
        read >= 0;
        read = content.read(buffer, 0, buffer.length)) {
      digest.add(buffer, 0, read);
    }
    return digest.soFar();
  }
}
