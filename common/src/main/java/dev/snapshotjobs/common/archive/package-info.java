/// The archive in the bucket as a format: keys, documents, frames, indexes. Bytes and streams are
/// given, values come back; nothing here knows a bucket. What each field means:
/// docs/reference/bucket-layout.md.
@NullMarked
package dev.snapshotjobs.common.archive;

import org.jspecify.annotations.NullMarked;
