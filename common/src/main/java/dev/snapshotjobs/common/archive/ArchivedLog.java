package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.LogSummary;
import java.time.Instant;

/// What is archived of one log, as its documents say.
public sealed interface ArchivedLog {
  LogName log();

  /// What a reading of it found, up to where it is archived.
  LogSummary content();

  /// When the last of it was archived.
  Instant archivedAt();

  /// All of it.
  record Sealed(Manifest manifest) implements ArchivedLog {
    @Override
    public LogName log() {
      return manifest.log();
    }

    @Override
    public LogSummary content() {
      return manifest.content();
    }

    @Override
    public Instant archivedAt() {
      return manifest.archivedAt();
    }
  }

  /// Its beginning, as far as chunks follow each other; there is at least one.
  record Open(TailPrefix tail) implements ArchivedLog {
    public Open {
      if (tail.chunks().isEmpty()) {
        throw new IllegalArgumentException("nothing is archived of a log without chunks");
      }
    }

    private TailChunk last() {
      return tail.chunks().getLast();
    }

    @Override
    public LogName log() {
      return last().log();
    }

    @Override
    public LogSummary content() {
      return last().prefix();
    }

    @Override
    public Instant archivedAt() {
      return last().archivedAt();
    }
  }
}
