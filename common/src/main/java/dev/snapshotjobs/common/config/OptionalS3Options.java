package dev.snapshotjobs.common.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The bucket of a job that does most of its work without one, and how it is spoken to.
public final class OptionalS3Options extends StoreOptions {

  @Option(
      names = "--s3-bucket",
      converter = BucketConverter.class,
      description = "Bucket of the archive; without it nothing is written to one.")
  private @Nullable String bucket;

  public Optional<String> bucket() {
    return Optional.ofNullable(bucket);
  }

  @Override
  boolean inUse() {
    return bucket != null;
  }
}
