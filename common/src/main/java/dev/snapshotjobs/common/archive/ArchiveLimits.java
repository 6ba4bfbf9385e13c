package dev.snapshotjobs.common.archive;

/// How large anything in the archive gets. What is larger was not written by us and is not read.
final class ArchiveLimits {
  /// Plain bytes in one frame.
  static final int FRAME = 8 << 20;

  /// Packed bytes in one frame: what zstd needs at worst (`ZSTD_compressBound`).
  static final int PACKED_FRAME = FRAME + (FRAME >> 8);

  /// Frames of one log: 384 GiB at least.
  static final int FRAMES = 1 << 16;

  static final int MANIFEST = 16 << 10;
  static final int TIMELINE = 32 << 10;
  static final int CHUNK_DOCUMENT = 128 << 10;
  static final int TAIL_MARK = 16 << 10;

  /// More than is written: `restore-job plan` prints one with what people want to know beside it.
  static final int PLAN = 1 << 20;

  /// Kubernetes allows 256 KiB of annotations, and JSON may need six bytes for one.
  static final int CATALOGUE_ENTRY = 2 << 20;

  /// An index, before it is compressed.
  static final int INDEX = 16 << 20;

  /// Characters of a GTID state or position: about 230 pairs of a domain and a server. Two of them
  /// and all else have to fit into a manifest.
  static final int GTIDS = 5000;

  static final int INCIDENTS = 5;

  /// Characters of what the server says of an incident.
  static final int INCIDENT_MESSAGE = 100;

  /// Characters of a server's version: the field of a binary log has no more bytes.
  static final int SERVER_VERSION = 50;

  static final int CHUNK_MARKS = 20;
  static final int INDEX_MARKS = 1 << 13;

  /// Objects and arrays inside of each other.
  static final int DEPTH = 8;

  /// Fields of one object, known or not.
  static final int FIELDS = 256;

  /// Names, values and brackets of a document.
  static final int TOKENS = 10_000;

  static final int INDEX_TOKENS = 2_000_000;

  private ArchiveLimits() {}
}
