package dev.snapshotjobs.common.binlog;

import java.io.IOException;

/// Is told of each event once its last byte has been read and its checksum verified.
@FunctionalInterface
public interface EventListener {
  void on(Event event) throws IOException;
}
