package dev.snapshotjobs.common.binlog;

/// What a GTID event says of the transaction that it begins.
///
/// @param base `flags2` of the server
/// @param extra `flags_extra`; 0 where the event has none
public record GtidFlags(int base, int extra) {
  static final int COMMIT_ID = 0x02;
  static final int XA = 0xC0;
  static final int ENGINES = 0x01;
  static final int ENDS_ALTER = 0x0C;

  /// One statement alone makes the transaction: nothing marks its end but that statement.
  public boolean standalone() {
    return (base & 0x01) != 0;
  }

  public boolean groupCommitted() {
    return (base & COMMIT_ID) != 0;
  }

  /// It can be rolled back, so that a replica may run it beside others.
  public boolean transactional() {
    return (base & 0x04) != 0;
  }

  public boolean allowsParallel() {
    return (base & 0x08) != 0;
  }

  /// It had to wait for a lock of another one.
  public boolean waited() {
    return (base & 0x10) != 0;
  }

  public boolean ddl() {
    return (base & 0x20) != 0;
  }

  public boolean preparedXa() {
    return (base & 0x40) != 0;
  }

  public boolean completedXa() {
    return (base & 0x80) != 0;
  }

  boolean xa() {
    return (base & XA) != 0;
  }

  /// An ALTER that has begun; whether it took place, a later transaction says.
  public boolean startsAlter() {
    return (extra & 0x02) != 0;
  }

  public boolean commitsAlter() {
    return (extra & 0x04) != 0;
  }

  public boolean rollsAlterBack() {
    return (extra & 0x08) != 0;
  }
}
