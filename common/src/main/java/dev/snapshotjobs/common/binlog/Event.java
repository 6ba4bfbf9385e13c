package dev.snapshotjobs.common.binlog;

/// One event of a binary log, found whole and unharmed.
public record Event(EventHeader header, EventBody body) {
  public EventType type() {
    return header.type();
  }
}
