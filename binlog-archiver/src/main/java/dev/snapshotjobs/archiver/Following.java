package dev.snapshotjobs.archiver;

import java.time.Duration;
import java.time.Instant;

/// How the log that is being written is followed.
///
/// @param until when it ends
/// @param interval how old bytes get before they are put into the bucket
record Following(Instant until, Duration interval) {}
