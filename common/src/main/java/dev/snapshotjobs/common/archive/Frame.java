package dev.snapshotjobs.common.archive;

/// A piece of a log that was compressed on its own, and where it lies in the object.
///
/// @param offset of its first plain byte in the log
/// @param length of its plain bytes
/// @param objectOffset of its first byte in the object
public record Frame(long offset, int length, long objectOffset, int objectLength) {
  public Frame {
    if (offset < 0 || length < 1 || length > ArchiveLimits.FRAME) {
      throw new IllegalArgumentException("no frame has %d bytes at %d".formatted(length, offset));
    }
    if (objectOffset < 0 || objectLength < 1 || objectLength > ArchiveLimits.PACKED_FRAME) {
      throw new IllegalArgumentException(
          "no frame takes %d bytes at %d of an object".formatted(objectLength, objectOffset));
    }
  }

  public long end() {
    return offset + length;
  }

  public long objectEnd() {
    return objectOffset + objectLength;
  }
}
