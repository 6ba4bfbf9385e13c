package dev.snapshotjobs.common.binlog;

import dev.snapshotjobs.common.binlog.Transaction.Ending;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Follows the events of a log and says where each transaction ends, by the rules that the server
/// itself skips transactions by: `send_event_to_slave` in `sql/sql_repl.cc`, and
/// `Log_event::is_part_of_group` for those of one statement. Not for several threads.
public final class TransactionTracker {
  private static final Progress OUTSIDE = new Progress.Outside();

  private @Nullable Open open;
  private long abandoned;

  private record Open(EventHeader header, EventBody.GtidBegin begin) {}

  public Progress follow(Event event) {
    if (event.body() instanceof EventBody.GtidBegin begin) {
      abandon();
      open = new Open(event.header(), begin);
      return new Progress.Begins(begin);
    }
    Open current = open;
    if (current == null) {
      return OUTSIDE;
    }
    if (interrupts(event.type())) {
      abandon();
      return OUTSIDE;
    }
    Optional<Ending> ending =
        current.begin().flags().standalone() ? endOfStatement(event) : endOfTransaction(event);
    if (ending.isEmpty()) {
      return new Progress.Inside(current.begin());
    }
    open = null;
    return new Progress.Ends(
        new Transaction(
            current.begin(),
            current.header().offset(),
            event.header().end(),
            current.header().time(),
            event.header().time(),
            ending.get()));
  }

  public boolean isInsideATransaction() {
    return open != null;
  }

  /// How many transactions had begun and never ended: the server could not write all of them.
  public long abandoned() {
    return abandoned;
  }

  private void abandon() {
    if (open != null) {
      abandoned++;
      open = null;
    }
  }

  private static boolean interrupts(EventType type) {
    return switch (type) {
      case STOP, ROTATE, INCIDENT, FORMAT_DESCRIPTION, GTID_LIST -> true;
      default -> false; // all others either belong to transactions or say nothing of them
    };
  }

  private static Optional<Ending> endOfTransaction(Event event) {
    return switch (event.body()) {
      case EventBody.Xid _ -> Optional.of(Ending.XID);
      case EventBody.XaPrepare _ -> Optional.of(Ending.XA_PREPARE);
      case EventBody.Query query when query.isCommit() -> Optional.of(Ending.COMMIT);
      case EventBody.Query query when query.isRollback() -> Optional.of(Ending.ROLLBACK);
      default -> Optional.empty();
    };
  }

  /// The statement is its own end; what it needs comes before it.
  private static Optional<Ending> endOfStatement(Event event) {
    return switch (event.type()) {
      case INTVAR,
          RAND,
          USER_VAR,
          TABLE_MAP,
          ANNOTATE_ROWS,
          BEGIN_LOAD_QUERY,
          APPEND_BLOCK,
          PARTIAL_ROW_DATA,
          BINLOG_CHECKPOINT,
          HEARTBEAT,
          START_ENCRYPTION,
          IGNORABLE,
          UNKNOWN ->
          Optional.empty();
      default ->
          event.body() instanceof EventBody.Rows rows && !rows.endsStatement()
              ? Optional.empty()
              : Optional.of(Ending.STATEMENT);
    };
  }
}
