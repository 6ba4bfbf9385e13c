package dev.snapshotjobs.common.binlog;

/// How a log begins: what tells it from all others, and where its history stands.
///
/// @param fingerprint see [HeadFingerprint]
/// @param start what the server had logged before it
public record LogHead(String fingerprint, GtidState start, boolean encryptedAtSource) {}
