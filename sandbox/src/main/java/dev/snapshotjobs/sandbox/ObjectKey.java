package dev.snapshotjobs.sandbox;

/// An object of the API by its name; the namespace of cluster-wide ones is empty.
record ObjectKey(String namespace, String name) {}
