/// What a run did and how it ended: collected while it goes on, told as one outcome record.
@NullMarked
package dev.snapshotjobs.common.report;

import org.jspecify.annotations.NullMarked;
