/// The frame of every job: reads its settings, runs it, stops it when asked to, reports how it
/// ended, and turns that into an exit status.
@NullMarked
package dev.snapshotjobs.common.job;

import org.jspecify.annotations.NullMarked;
