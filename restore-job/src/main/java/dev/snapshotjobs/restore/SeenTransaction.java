package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.binlog.Transaction;

/// A transaction of the archive that a plan speaks of.
///
/// @param statement its first one, or the beginning of that; empty if the log does not have it
record SeenTransaction(LogName log, Transaction transaction, String statement) {}
