package dev.snapshotjobs.common.objects;

import dev.snapshotjobs.common.config.CertificateAuthorities;
import dev.snapshotjobs.common.config.ChecksumMode;
import dev.snapshotjobs.common.config.S3Options;
import dev.snapshotjobs.common.config.SseMode;
import dev.snapshotjobs.common.config.StoreOptions;
import java.net.URI;
import java.util.Optional;

/// Which bucket, where, and how objects are written to it.
///
/// @param authorities that the store's certificate is checked against; empty for those of Java
/// @param prefix of all keys, without a slash at either end; may be empty
public record S3Settings(
    String bucket,
    String prefix,
    Optional<URI> endpoint,
    Optional<CertificateAuthorities> authorities,
    boolean pathStyle,
    String region,
    SseMode sse,
    Optional<String> kmsKeyId,
    ChecksumMode checksums) {

  public static S3Settings of(S3Options options) {
    return of(options, options.bucket());
  }

  public static S3Settings of(StoreOptions options, String bucket) {
    return new S3Settings(
        bucket,
        options.prefix(),
        options.endpoint(),
        options.authorities(),
        options.pathStyle(),
        options.region(),
        options.sse(),
        options.kmsKeyId(),
        options.checksums());
  }

  /// The whole key in the bucket of what is called `name` below the prefix.
  String inBucket(String name) {
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /// The reverse of [#inBucket].
  String belowPrefix(String key) {
    return prefix.isEmpty() ? key : key.substring(prefix.length() + 1);
  }
}
