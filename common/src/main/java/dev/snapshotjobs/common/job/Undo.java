package dev.snapshotjobs.common.job;

/// The registration of an action that a stop would run; closing it takes the action back. When the
/// action is running just then, closing waits for its end.
@FunctionalInterface
public interface Undo extends AutoCloseable {

  @Override
  void close();
}
