package dev.snapshotjobs.common.binlog;

import java.util.Arrays;

/// The events that a MariaDB server of our time writes; all others are [#UNKNOWN], those of MySQL
/// among them ([MariaDB: replication
/// protocol](https://mariadb.com/docs/server/reference/clientserver-protocol/replication-protocol)).
public enum EventType {
  UNKNOWN(0),
  QUERY(2),
  STOP(3),
  ROTATE(4),
  INTVAR(5),
  APPEND_BLOCK(9),
  DELETE_FILE(11),
  RAND(13),
  USER_VAR(14),
  FORMAT_DESCRIPTION(15),
  XID(16),
  BEGIN_LOAD_QUERY(17),
  EXECUTE_LOAD_QUERY(18),
  TABLE_MAP(19),
  WRITE_ROWS_V1(23),
  UPDATE_ROWS_V1(24),
  DELETE_ROWS_V1(25),
  INCIDENT(26),
  HEARTBEAT(27),
  IGNORABLE(28),
  WRITE_ROWS(30),
  UPDATE_ROWS(31),
  DELETE_ROWS(32),
  XA_PREPARE(38),
  ANNOTATE_ROWS(160),
  BINLOG_CHECKPOINT(161),
  GTID(162),
  GTID_LIST(163),
  START_ENCRYPTION(164),
  QUERY_COMPRESSED(165),
  WRITE_ROWS_COMPRESSED_V1(166),
  UPDATE_ROWS_COMPRESSED_V1(167),
  DELETE_ROWS_COMPRESSED_V1(168),
  WRITE_ROWS_COMPRESSED(169),
  UPDATE_ROWS_COMPRESSED(170),
  DELETE_ROWS_COMPRESSED(171),
  /// A piece of a rows event that is too large for one packet; since MariaDB 12.3.
  PARTIAL_ROW_DATA(172);

  private static final EventType[] BY_CODE = new EventType[256];

  static {
    Arrays.fill(BY_CODE, UNKNOWN);
    for (EventType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  EventType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static EventType of(int code) {
    return BY_CODE[code & 0xFF];
  }
}
