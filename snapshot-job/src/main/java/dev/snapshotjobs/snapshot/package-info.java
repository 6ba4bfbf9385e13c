/// snapshot-job: one VolumeSnapshot whose cut is proven to lie inside a held backup stage.
///
/// Read [SnapshotJob] first: it is the run from top to bottom. What it decides is decided by
/// [Preflight], [SnapshotPlanner] and [Verdict], which know neither Kubernetes nor JDBC.
@NullMarked
package dev.snapshotjobs.snapshot;

import org.jspecify.annotations.NullMarked;
