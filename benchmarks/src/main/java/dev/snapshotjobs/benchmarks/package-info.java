/// Paired measurements against the usual tools: plain mains that print a table.
@NullMarked
package dev.snapshotjobs.benchmarks;

import org.jspecify.annotations.NullMarked;
