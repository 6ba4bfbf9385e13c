package dev.snapshotjobs.common.binlog;

/// What one event means for the transactions of its log.
public sealed interface Progress {
  /// It belongs to none.
  record Outside() implements Progress {}

  record Begins(EventBody.GtidBegin begin) implements Progress {}

  record Inside(EventBody.GtidBegin begin) implements Progress {}

  record Ends(Transaction transaction) implements Progress {}
}
