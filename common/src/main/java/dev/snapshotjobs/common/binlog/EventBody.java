package dev.snapshotjobs.common.binlog;

import java.util.OptionalLong;

/// What an event says, as far as anybody here needs it.
public sealed interface EventBody {

  /// The first event of every log.
  ///
  /// @param inUse the server had not closed the log: it is the newest, or its server died
  record FormatDescription(String serverVersion, ChecksumAlgorithm checksum, boolean inUse)
      implements EventBody {}

  /// The state of the server's history where the log begins.
  record GtidList(GtidState state) implements EventBody {}

  /// The beginning of a transaction, or of a statement that is one.
  ///
  /// @param commitId the same for transactions that were committed in one group; 0 is none
  /// @param startAlter the sequence number of the ALTER that is ended by this one; 0 is none
  record GtidBegin(Gtid gtid, GtidFlags flags, long commitId, XaId xaId, long startAlter)
      implements EventBody {}

  /// The server went on in another log.
  record Rotate(String nextLog, long position) implements EventBody {}

  /// The server was shut down.
  record Stop() implements EventBody {}

  record Xid(long number) implements EventBody {}

  /// A statement, or one of those that begin and end transactions.
  ///
  /// @param connection the number of the session that sent it
  /// @param statement its beginning, up to the parser's bound; what is not UTF-8 is replaced
  /// @param statementBytes how long all of it is, before compression
  /// @param escapes whether a backslash in a string of it escapes what follows; not with the
  ///   `sql_mode` NO_BACKSLASH_ESCAPES
  record Query(
      long connection,
      String database,
      String statement,
      long statementBytes,
      int errorCode,
      boolean escapes)
      implements EventBody {
    /// Whether it ends its transaction. A server compares as strictly.
    boolean isCommit() {
      return statementBytes == 6 && statement.equals("COMMIT");
    }

    boolean isRollback() {
      return statementBytes == 8 && statement.equals("ROLLBACK");
    }
  }

  /// The statement whose rows follow, cut off as that of [Query].
  record AnnotateRows(String statement, long statementBytes) implements EventBody {}

  /// The server keeps what follows encrypted.
  ///
  /// @param decrypted whether what follows can be read: it comes from the server, not from its disk
  record StartEncryption(boolean decrypted) implements EventBody {}

  /// The server could not log something that it did: the log has a hole here.
  record Incident(int code, String message) implements EventBody {}

  /// Which table the rows events of this number change, until the end of the statement.
  record TableMap(long tableId, String database, String table) implements EventBody {}

  /// Rows of one table that one statement changed.
  ///
  /// @param endsStatement no more rows of the same statement follow
  /// @param count how many rows; empty if nobody wanted to know, or the event cannot be taken apart
  record Rows(
      Change change, long tableId, boolean endsStatement, boolean compressed, OptionalLong count)
      implements EventBody {
    public enum Change {
      INSERT,
      UPDATE,
      DELETE
    }
  }

  /// The end of what a distributed transaction did before it was prepared.
  ///
  /// @param onePhase committed at once, not only prepared
  record XaPrepare(XaId xaId, boolean onePhase) implements EventBody {}

  /// The server says over the wire that there is nothing new; no log has it.
  record Heartbeat(String log) implements EventBody {}

  /// An event of which nothing but its header is of interest.
  record Opaque() implements EventBody {}
}
