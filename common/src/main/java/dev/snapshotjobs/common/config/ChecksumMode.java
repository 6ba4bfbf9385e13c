package dev.snapshotjobs.common.config;

/// With which digest the object store checks what arrives: SHA-256, or for stores that do not know
/// that header, MD5.
public enum ChecksumMode {
  WHEN_SUPPORTED("when-supported"),
  WHEN_REQUIRED("when-required");

  private final String text;

  ChecksumMode(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
