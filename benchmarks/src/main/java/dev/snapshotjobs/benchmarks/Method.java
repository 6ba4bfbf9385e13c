package dev.snapshotjobs.benchmarks;

/// One of the ways that are compared.
interface Method {
  String label();
}
