package dev.snapshotjobs.common.binlog;

import java.io.IOException;

/// Is told of each event of a log and of what it means for the transactions in it.
@FunctionalInterface
public interface ScanListener {
  ScanListener NONE = (event, progress) -> {};

  void on(Event event, Progress progress) throws IOException;
}
