/// binlog-archiver: every byte of a server's binary logs in a bucket, verified, no gap unseen.
@NullMarked
package dev.snapshotjobs.archiver;

import org.jspecify.annotations.NullMarked;
