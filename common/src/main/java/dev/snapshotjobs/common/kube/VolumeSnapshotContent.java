package dev.snapshotjobs.common.kube;

import org.jspecify.annotations.Nullable;

/// A VolumeSnapshotContent as it was at one read: the cluster-scoped side of a VolumeSnapshot.
///
/// @param className empty if it was made without a class
/// @param snapshotHandle the storage's own name of the snapshot
/// @param restoreSize the bytes that a volume made from it has at least, if the storage says so
public record VolumeSnapshotContent(
    String name,
    String uid,
    String driver,
    String deletionPolicy,
    String className,
    String snapshotNamespace,
    String snapshotName,
    @Nullable String snapshotUid,
    @Nullable String snapshotHandle,
    @Nullable Long restoreSize) {

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
