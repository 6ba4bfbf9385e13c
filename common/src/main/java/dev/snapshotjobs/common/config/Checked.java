package dev.snapshotjobs.common.config;

/// A group of settings with rules between them that no single setting can check.
public interface Checked {

  /// Adds every problem. Called only when each setting by itself is right.
  void check(Problems problems);
}
