package dev.snapshotjobs.common.objects;

/// Whether a store keeps its promise not to overwrite.
public sealed interface ConditionalWrites {

  record Honoured() implements ConditionalWrites {}

  /// Not at all, or not by each kind of write.
  ///
  /// @param what which write overwrote, or how the store refused the condition
  record Ignored(String what) implements ConditionalWrites {}
}
