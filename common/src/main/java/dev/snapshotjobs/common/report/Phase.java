package dev.snapshotjobs.common.report;

/// A part of a run whose duration is reported; it ends when it is closed.
@FunctionalInterface
public interface Phase extends AutoCloseable {

  @Override
  void close();
}
