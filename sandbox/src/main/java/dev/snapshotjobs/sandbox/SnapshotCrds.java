package dev.snapshotjobs.sandbox;

import java.util.Optional;

/// Which version of the snapshot CRDs a cluster serves.
public enum SnapshotCrds {
  V1("v1"),
  /// As before external-snapshotter 4; discovery only, the objects themselves cannot be had by it.
  ONLY_V1BETA1("v1beta1"),
  NONE("");

  private final String version;

  SnapshotCrds(String version) {
    this.version = version;
  }

  Optional<String> version() {
    return Optional.of(version).filter(served -> !served.isEmpty());
  }
}
