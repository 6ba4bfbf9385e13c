package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.EventBody.Rows.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Makes values of what an event holds after its header. Layouts: [MariaDB: replication
/// protocol](https://mariadb.com/docs/server/reference/clientserver-protocol/replication-protocol)
/// and `sql/log_event.cc` of the server.
final class BodyDecoder {
  private static final int END_OF_STATEMENT = 0x1;

  private final StatementDecoder statements;

  BodyDecoder(int textBytes) {
    this.statements = new StatementDecoder(textBytes);
  }

  /// @param rows how many rows the event has, if it has any and they were counted
  EventBody decode(EventHeader header, Cursor in, OptionalLong rows) throws BinlogFormatException {
    return switch (header.type()) {
      case FORMAT_DESCRIPTION -> formatDescription(header, in);
      case GTID_LIST -> gtidList(in);
      case GTID -> gtidBegin(header, in);
      case ROTATE -> rotate(in);
      case STOP -> new EventBody.Stop();
      case XID -> new EventBody.Xid(in.i64());
      case QUERY -> statements.query(in);
      case QUERY_COMPRESSED -> statements.compressedQuery(in);
      case EXECUTE_LOAD_QUERY -> statements.loadQuery(in);
      case ANNOTATE_ROWS -> statements.annotateRows(in);
      case START_ENCRYPTION -> new EventBody.StartEncryption(header.ignorable());
      case INCIDENT -> incident(in);
      case TABLE_MAP -> tableMap(in);
      case XA_PREPARE -> xaPrepare(in);
      case HEARTBEAT -> new EventBody.Heartbeat(in.restAsText(Limits.FILE_NAME));
      case WRITE_ROWS_V1, WRITE_ROWS -> rows(Change.INSERT, false, in, rows);
      case UPDATE_ROWS_V1, UPDATE_ROWS -> rows(Change.UPDATE, false, in, rows);
      case DELETE_ROWS_V1, DELETE_ROWS -> rows(Change.DELETE, false, in, rows);
      case WRITE_ROWS_COMPRESSED_V1, WRITE_ROWS_COMPRESSED -> rows(Change.INSERT, true, in, rows);
      case UPDATE_ROWS_COMPRESSED_V1, UPDATE_ROWS_COMPRESSED -> rows(Change.UPDATE, true, in, rows);
      case DELETE_ROWS_COMPRESSED_V1, DELETE_ROWS_COMPRESSED -> rows(Change.DELETE, true, in, rows);
      case UNKNOWN,
          INTVAR,
          APPEND_BLOCK,
          DELETE_FILE,
          RAND,
          USER_VAR,
          BEGIN_LOAD_QUERY,
          IGNORABLE,
          BINLOG_CHECKPOINT,
          PARTIAL_ROW_DATA ->
          new EventBody.Opaque();
    };
  }

  private static EventBody formatDescription(EventHeader header, Cursor in)
      throws BinlogFormatException {
    int version = in.u16();
    if (version != 4) {
      throw in.wrong("is of binlog version " + version + ", expected 4");
    }
    String server = in.text(50);
    in.skip(4); // when the server was started
    int headerSize = in.u8();
    if (headerSize != EventHeader.SIZE) {
      throw in.wrong("announces headers of " + headerSize + " bytes, expected 19");
    }
    in.skip((int) in.remaining() - 1);
    return new EventBody.FormatDescription(
        server.substring(0, (server + '\0').indexOf('\0')), checksum(in), header.inUse());
  }

  private static ChecksumAlgorithm checksum(Cursor in) throws BinlogFormatException {
    int code = in.u8();
    return switch (code) {
      case 0 -> ChecksumAlgorithm.NONE;
      case 1 -> ChecksumAlgorithm.CRC32;
      default -> throw in.wrong("names checksum algorithm " + code + ", expected 0 or 1");
    };
  }

  private static EventBody gtidList(Cursor in) throws BinlogFormatException {
    long count = in.u32() & 0x0FFF_FFFF; // the upper four bits are flags
    if (count * 16 > in.remaining()) {
      throw in.wrong("announces " + count + " GTIDs in " + in.remaining() + " bytes");
    }
    List<Gtid> gtids = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      gtids.add(new Gtid(in.u32(), in.u32(), in.i64()));
    }
    return new EventBody.GtidList(GtidState.of(gtids));
  }

  private static EventBody gtidBegin(EventHeader header, Cursor in) throws BinlogFormatException {
    long sequence = in.i64();
    long domain = in.u32();
    int base = in.u8();
    GtidFlags flags = new GtidFlags(base, 0);
    long commitId = flags.groupCommitted() ? in.i64() : 0;
    XaId xaId = flags.xa() ? xaId(in.u32(), in.u8(), in.u8(), in) : XaId.NONE;
    long startAlter = 0;
    if (in.remaining() > 0) {
      flags = new GtidFlags(base, in.u8());
      if ((flags.extra() & GtidFlags.ENGINES) != 0) {
        in.skip(1);
      }
      startAlter = (flags.extra() & GtidFlags.ENDS_ALTER) != 0 ? in.i64() : 0;
    }
    return new EventBody.GtidBegin(
        new Gtid(domain, header.serverId(), sequence), flags, commitId, xaId, startAlter);
  }

  private static EventBody rotate(Cursor in) throws BinlogFormatException {
    long position = in.i64();
    return new EventBody.Rotate(in.restAsText(Limits.FILE_NAME), position);
  }

  private static EventBody incident(Cursor in) throws BinlogFormatException {
    return new EventBody.Incident(in.u16(), in.text(in.u8()));
  }

  private static EventBody tableMap(Cursor in) throws BinlogFormatException {
    long tableId = in.u48();
    in.skip(2); // flags
    String database = in.text(in.u8());
    in.skip(1); // the database's final NUL
    return new EventBody.TableMap(tableId, database, in.text(in.u8()));
  }

  private static EventBody rows(Change change, boolean compressed, Cursor in, OptionalLong count)
      throws BinlogFormatException {
    long tableId = in.u48();
    boolean endsStatement = (in.u16() & END_OF_STATEMENT) != 0;
    return new EventBody.Rows(change, tableId, endsStatement, compressed, count);
  }

  private static EventBody xaPrepare(Cursor in) throws BinlogFormatException {
    boolean onePhase = in.u8() != 0;
    return new EventBody.XaPrepare(xaId(in.u32(), in.u32(), in.u32(), in), onePhase);
  }

  private static XaId xaId(long format, long globalLength, long branchLength, Cursor in)
      throws BinlogFormatException {
    if (globalLength > Limits.XA_PART || branchLength > Limits.XA_PART) {
      throw in.wrong("names a transaction of " + globalLength + " and " + branchLength + " bytes");
    }
    return new XaId((int) format, in.hex((int) globalLength), in.hex((int) branchLength));
  }
}
