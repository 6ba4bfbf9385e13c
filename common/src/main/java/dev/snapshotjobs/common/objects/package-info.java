/// The object store: a port in our words, and its adapter for S3.
@NullMarked
package dev.snapshotjobs.common.objects;

import org.jspecify.annotations.NullMarked;
