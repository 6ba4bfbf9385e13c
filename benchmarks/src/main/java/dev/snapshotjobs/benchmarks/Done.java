package dev.snapshotjobs.benchmarks;

/// What one trial took.
///
/// @param diskBytes that it needed on a disk meanwhile
record Done(Effort effort, long diskBytes) {}
