package dev.snapshotjobs.common.mariadb;

import java.time.Duration;

/// How far a dump goes.
public sealed interface DumpMode {
  /// Up to what the server has logged when the dump gets there.
  record ToTheEnd() implements DumpMode {}

  /// On and on. A server that has nothing new says so once in every period.
  record Following(Duration heartbeat) implements DumpMode {
    public Following {
      if (!heartbeat.isPositive()) {
        throw new IllegalArgumentException("a heartbeat takes longer than " + heartbeat);
      }
    }
  }
}
