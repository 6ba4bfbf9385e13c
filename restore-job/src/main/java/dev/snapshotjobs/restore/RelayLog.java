package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.GtidPosition;

/// A piece of the logs that are replayed, as the server finds it, and what must be true when it has
/// come to its end.
///
/// @param number counted from 1
/// @param from the binary log that it is of
/// @param end where in it the server stops
/// @param position of the server then
/// @param bytes that are replayed then, of all logs
/// @param transactions that are replayed then
record RelayLog(
    int number, String from, long end, GtidPosition position, long bytes, long transactions) {}
