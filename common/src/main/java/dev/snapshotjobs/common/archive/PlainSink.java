package dev.snapshotjobs.common.archive;

import java.io.IOException;

/// Takes the plain bytes of a log, in order and in pieces.
@FunctionalInterface
public interface PlainSink {
  /// Takes the next ones.
  ///
  /// @param bytes of use only during the call
  void accept(byte[] bytes, int from, int length) throws IOException;
}
