/// What our VolumeSnapshots say about themselves: states, labels, annotations.
@NullMarked
package dev.snapshotjobs.common.snapshot;

import org.jspecify.annotations.NullMarked;
