/// restore-job: finds what happened, plans a recovery, and carries it out.
@NullMarked
package dev.snapshotjobs.restore;

import org.jspecify.annotations.NullMarked;
