package dev.snapshotjobs.common.config;

/// How the object store encrypts what is written.
public enum SseMode {
  NONE("none"),
  S3("s3"),
  KMS("kms");

  private final String text;

  SseMode(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
