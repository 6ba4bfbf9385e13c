package dev.snapshotjobs.common.kube;

import org.jspecify.annotations.Nullable;

/// A PersistentVolumeClaim together with the volume that it is bound to, as both were at one read.
///
/// @param driver the CSI driver of the volume; null if the volume is not there or is not CSI
public record Volume(
    String claimName,
    String phase,
    boolean beingDeleted,
    boolean resizing,
    @Nullable String volumeName,
    @Nullable String driver) {

  public boolean isBound() {
    return phase.equals("Bound") && volumeName != null;
  }
}
