package dev.snapshotjobs.common.kube;

/// A VolumeSnapshotClass: which driver makes a snapshot, and what becomes of it when its object
/// goes.
public record VolumeSnapshotClass(
    String name, String driver, String deletionPolicy, boolean isDefault) {}
