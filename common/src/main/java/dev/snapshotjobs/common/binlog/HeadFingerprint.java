package dev.snapshotjobs.common.binlog;

import java.security.MessageDigest;

/// Tells a log from all others by how it begins: the SHA-256 of its first four bytes, its format
/// description and its GTID list. File names and server ids come back after a RESET MASTER or a
/// restore; a format description has the second it was written in, and the list has the history.
/// Logs that begin in one second with one history look alike, such as an empty one and the next.
final class HeadFingerprint {
  private final MessageDigest digest = LogDigest.sha256();

  void add(byte[] bytes, int from, int length) {
    digest.update(bytes, from, length);
  }

  /// Of what was added so far.
  String value() {
    return LogDigest.hexOf(digest);
  }
}
