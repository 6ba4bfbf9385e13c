package dev.snapshotjobs.common.report;

/// A Kubernetes object that a run made or changed. The namespace is "" for what has none, the uid
/// "" while it is not known.
public record ObjectRef(String kind, String namespace, String name, String uid) {

  public ObjectRef {
    if (kind.isBlank() || name.isBlank()) {
      throw new IllegalArgumentException("an object has a kind and a name");
    }
  }
}
