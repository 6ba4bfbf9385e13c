package dev.snapshotjobs.common.config;

/// How log lines look: one JSON object each for machines, or short text for people.
public enum LogFormat {
  JSON,
  TEXT;

  @Override
  public String toString() {
    return this == JSON ? "json" : "text";
  }
}
