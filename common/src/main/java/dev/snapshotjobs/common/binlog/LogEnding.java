package dev.snapshotjobs.common.binlog;

/// How a log ends, as far as it was read.
public sealed interface LogEnding {
  /// Nothing says that it has ended: it is being written, or its server died.
  record Open() implements LogEnding {}

  record RotatedTo(String nextLog) implements LogEnding {}

  record ServerStopped() implements LogEnding {}
}
