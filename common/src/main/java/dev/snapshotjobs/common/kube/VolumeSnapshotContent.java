package dev.snapshotjobs.common.kube;

import org.jspecify.annotations.Nullable;

/// A VolumeSnapshotContent as it was at one read: the cluster-scoped side of a VolumeSnapshot.
///
/// @param snapshotHandle the storage's own name of the snapshot
public record VolumeSnapshotContent(
    String name,
    String uid,
    String driver,
    String deletionPolicy,
    String snapshotNamespace,
    String snapshotName,
    @Nullable String snapshotUid,
    @Nullable String snapshotHandle) {

  /// Whether this content names exactly that VolumeSnapshot, not one of the same name.
  public boolean refersTo(VolumeSnapshot snapshot) {
    return snapshotNamespace.equals(snapshot.namespace())
        && snapshotName.equals(snapshot.name())
        && snapshot.uid().equals(snapshotUid);
  }

  /// Whether the two name each other.
  public boolean isBoundTo(VolumeSnapshot snapshot) {
    return refersTo(snapshot) && name.equals(snapshot.status().boundContentName());
  }
}
