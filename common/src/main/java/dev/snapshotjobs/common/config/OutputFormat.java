package dev.snapshotjobs.common.config;

/// How results look on standard output.
public enum OutputFormat {
  TABLE,
  JSON;

  @Override
  public String toString() {
    return this == TABLE ? "table" : "json";
  }
}
