package dev.snapshotjobs.common.archive;

import java.io.IOException;

/// An object of the archive that is not what its key promises.
public final class ArchiveFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What is wrong, for who decides what to do next.
  public enum Fault {
    /// Written by a newer version: nothing is damaged, and this version must keep its hands off.
    NEWER_FORMAT,
    /// Larger than anything that we write: not ours, or made to do harm.
    TOO_LARGE,
    NOT_JSON,
    /// A field is missing, or has a value that it cannot have.
    BAD_FIELD,
    /// What is compressed cannot be decompressed, or its checksum is wrong.
    DAMAGED,
    /// It ends too early, or goes on too long.
    WRONG_LENGTH,
    /// It belongs under another key.
    MISPLACED,
    /// Each part is in order, and together they contradict each other.
    INCONSISTENT
  }

  private final Fault fault;

  /// @param object the key of the object
  ArchiveFormatException(Fault fault, String object, String what) {
    super(object + ": " + what);
    this.fault = fault;
  }

  ArchiveFormatException(Fault fault, String object, String what, Throwable cause) {
    super(object + ": " + what, cause);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }
}
