package dev.snapshotjobs.common.binlog;

/// How much of an event is kept to decode it, whatever size it says it has.
final class Limits {
  static final int FILE_NAME = 512; // FN_REFLEN
  static final int XA_PART = 64; // MAXGTRIDSIZE
  private static final int FORMAT_DESCRIPTION = 4096;

  /// 65,536 pairs of a domain and a server.
  private static final int GTID_LIST = 1 << 20;

  /// Longer than what any event has before a text of free length.
  private static final int FIXED_PART = 1024;

  /// Types and metadata of 4,096 columns, and what comes before them.
  private static final int TABLE_MAP = FIXED_PART + 3 * 4096;

  /// What a statement may have before it: a header, variables of its session, a database name.
  private static final int BEFORE_STATEMENT = EventHeader.SIZE + 26 + 0xFFFF + 0xFF + 1;

  private Limits() {}

  /// @param textBytes how much of a statement is wanted
  static int kept(EventType type, int textBytes) {
    return switch (type) {
      case FORMAT_DESCRIPTION -> FORMAT_DESCRIPTION;
      case GTID_LIST -> GTID_LIST;
      case QUERY, QUERY_COMPRESSED, EXECUTE_LOAD_QUERY -> BEFORE_STATEMENT + textBytes;
      case ANNOTATE_ROWS -> FIXED_PART + textBytes;
      case TABLE_MAP -> TABLE_MAP;
      // Not named one by one: all others have a beginning of known form or are not decoded.
      default -> FIXED_PART;
    };
  }

  /// Whether an event is of use only when all of it was kept.
  static boolean neededWhole(EventType type) {
    return type == EventType.FORMAT_DESCRIPTION || type == EventType.GTID_LIST;
  }
}
