/// The archive of an instance as it is read from its bucket: common.archive knows the format,
/// common.objects the bucket, and this package both. Nothing here writes.
@NullMarked
package dev.snapshotjobs.common.bucket;

import org.jspecify.annotations.NullMarked;
