package dev.snapshotjobs.common.config;

import picocli.CommandLine.Option;

/// The bucket of a job that cannot do without one, and how it is spoken to.
public final class S3Options extends StoreOptions {

  @Option(
      names = "--s3-bucket",
      required = true,
      converter = BucketConverter.class,
      description = "Bucket of the archive.")
  private String bucket = "";

  public String bucket() {
    return bucket;
  }

  @Override
  boolean inUse() {
    return true;
  }
}
