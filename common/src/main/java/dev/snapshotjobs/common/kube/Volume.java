package dev.snapshotjobs.common.kube;

import org.jspecify.annotations.Nullable;

/// A PersistentVolumeClaim together with the volume that it is bound to, as both were at one read.
///
/// @param driver the CSI driver of the volume; null if the volume is not there or is not CSI
/// @param provision what a volume needs that shall take its place
public record Volume(
    String claimName,
    String phase,
    boolean beingDeleted,
    boolean resizing,
    @Nullable String volumeName,
    @Nullable String driver,
    Provision provision) {

  /// By what a volume is asked for.
  ///
  /// @param storageClass empty if the claim has none
  /// @param capacity bytes that it has; 0 if nobody says
  /// @param topology the volume's nodeAffinity in JSON; empty if it can be used on each node
  public record Provision(String storageClass, long capacity, String topology) {}

  public boolean isBound() {
    return phase.equals("Bound") && volumeName != null;
  }
}
