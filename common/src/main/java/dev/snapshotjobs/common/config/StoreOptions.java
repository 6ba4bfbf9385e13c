package dev.snapshotjobs.common.config;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a bucket is spoken to. Credentials are no settings: they are found where the AWS SDK looks
/// for them, first of all in the identity of the pod.
public abstract sealed class StoreOptions implements Checked permits S3Options, OptionalS3Options {

  /// What signatures name where regions mean nothing.
  private static final String ANY_REGION = "us-east-1";

  @Option(
      names = "--s3-prefix",
      converter = KeyPrefixConverter.class,
      description = "What all keys in the bucket begin with.")
  private String prefix = "";

  @Option(
      names = "--s3-endpoint",
      description = "Address of a store that speaks S3; by default that of AWS for the region.")
  private @Nullable URI endpoint;

  @Option(
      names = "--s3-ca-file",
      converter = CertificateFileConverter.class,
      description =
          "Authorities that the store's certificate is checked against, and no others; by default"
              + " those that Java knows.")
  private @Nullable CertificateAuthorities authorities;

  @Option(
      names = "--s3-path-style",
      description = "Name the bucket in the path and not in the host, as most other stores need.")
  private boolean pathStyle;

  @Option(
      names = "--aws-region",
      description =
          "Region of the bucket; with --s3-endpoint it is us-east-1 unless the store has its own.")
  private @Nullable String region;

  @Option(names = "--s3-sse", description = "How the store encrypts what is written.")
  private SseMode sse = SseMode.NONE;

  @Option(
      names = "--s3-kms-key-id",
      description = "KMS key for --s3-sse=kms; by default the one of the bucket.")
  private @Nullable String kmsKeyId;

  @Option(
      names = "--s3-checksums",
      description =
          "With when-supported the store checks a SHA-256 of what arrives, with when-required an"
              + " MD5, for stores that refuse the former.")
  private ChecksumMode checksums = ChecksumMode.WHEN_SUPPORTED;

  /// Whether there is a bucket at all.
  abstract boolean inUse();

  /// Without a slash at either end; empty for the whole bucket.
  public String prefix() {
    return prefix;
  }

  public Optional<URI> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  public Optional<CertificateAuthorities> authorities() {
    return Optional.ofNullable(authorities);
  }

  public boolean pathStyle() {
    return pathStyle;
  }

  public String region() {
    return region == null ? ANY_REGION : region;
  }

  public SseMode sse() {
    return sse;
  }

  public Optional<String> kmsKeyId() {
    return Optional.ofNullable(kmsKeyId);
  }

  public ChecksumMode checksums() {
    return checksums;
  }

  @Override
  public void check(Problems problems) {
    if (endpoint != null) {
      checkEndpoint(endpoint, problems);
    } else if (region == null && inUse()) {
      problems.add(
          "--aws-region",
          "is required without --s3-endpoint, but not set",
          "a region such as eu-central-1");
    }
    if (region != null && !region.matches("[a-z0-9][-a-z0-9]*")) {
      problems.add(
          "--aws-region", "'" + region + "' is not a region", "a region such as eu-central-1");
    }
    if (authorities != null && endpoint != null && "http".equalsIgnoreCase(endpoint.getScheme())) {
      problems.add(
          "--s3-ca-file", "is set, but --s3-endpoint is not encrypted", "only with https://");
    }
    if (kmsKeyId != null && sse != SseMode.KMS) {
      problems.add("--s3-kms-key-id", "is set, but --s3-sse is " + sse, "only with --s3-sse=kms");
    }
  }

  private static void checkEndpoint(URI endpoint, Problems problems) {
    String allowed = "http://host:port or https://host, with nothing behind it";
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    if (endpoint.getRawUserInfo() != null) {
      // Not shown: it may be a secret.
      problems.add("--s3-endpoint", "has a user in it", allowed);
    } else if (!Set.of("http", "https").contains(scheme) || endpoint.getHost() == null) {
      problems.add("--s3-endpoint", "'" + endpoint + "' is not an address", allowed);
    } else if (endpoint.getRawQuery() != null
        || endpoint.getRawFragment() != null
        || !Set.of("", "/").contains(endpoint.getRawPath())) {
      problems.add("--s3-endpoint", "'" + endpoint + "' is more than an address", allowed);
    }
  }
}
