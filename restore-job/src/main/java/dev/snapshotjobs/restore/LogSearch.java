package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.BinlogParser;
import dev.snapshotjobs.common.binlog.Event;
import dev.snapshotjobs.common.binlog.EventBody;
import dev.snapshotjobs.common.binlog.Progress;
import dev.snapshotjobs.common.binlog.Transaction;
import dev.snapshotjobs.common.binlog.TransactionTracker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// Looks through one log, from its first byte, for transactions that changed a table. Needs the
/// same little memory for a log of any size. Not for several threads.
final class LogSearch {
  /// Of a longer statement only the beginning is read: the tables that it changes stand there.
  static final int STATEMENT = 16 << 10;

  private static final long UNKNOWN = -1;

  private final TimelineId timeline;
  private final String log;
  private final Search search;
  private final Consumer<FoundTransaction> found;
  private final BinlogParser parser = BinlogParser.countingRows(STATEMENT, this::on);
  private final TransactionTracker tracker = new TransactionTracker();
  private final Set<Long> tableIds = new HashSet<>();
  private final Map<ChangeKind, Long> rows = new EnumMap<>(ChangeKind.class);
  private String annotation = "";
  private String statement = "";

  LogSearch(TimelineId timeline, String log, Search search, Consumer<FoundTransaction> found) {
    this.timeline = timeline;
    this.log = log;
    this.search = search;
    this.found = found;
  }

  void accept(byte[] bytes, int from, int length) throws IOException {
    parser.accept(bytes, from, length);
  }

  private void on(Event event) {
    switch (tracker.follow(event)) {
      case Progress.Outside() -> {}
      case Progress.Begins _ -> begin();
      case Progress.Inside _ -> note(event.body());
      case Progress.Ends(Transaction transaction) -> {
        note(event.body());
        end(transaction);
      }
    }
  }

  private void begin() {
    tableIds.clear();
    rows.clear();
    annotation = "";
    statement = "";
  }

  private void note(EventBody body) {
    switch (body) {
      case EventBody.Query query -> note(query);
      case EventBody.AnnotateRows rowsOf -> annotation = rowsOf.statement();
      case EventBody.TableMap map -> {
        if (new TableName(map.database(), map.table()).equals(search.table())) {
          tableIds.add(map.tableId());
        } else {
          tableIds.remove(map.tableId()); // the number is used again
        }
      }
      case EventBody.Rows changed -> note(changed);
      default -> {} // changes nothing
    }
  }

  private void note(EventBody.Query query) {
    SqlStatement read = SqlStatement.read(query);
    // A list of tables may go on behind what is read of it.
    boolean cutOff =
        query.statementBytes() > STATEMENT && read.kind().equals(Optional.of(ChangeKind.DDL));
    if (cutOff || read.concerns(search.table())) {
      read.kind()
          .ifPresent(
              kind -> {
                rows.put(kind, UNKNOWN);
                remember(query.statement());
              });
    }
  }

  private void note(EventBody.Rows changed) {
    if (!tableIds.contains(changed.tableId())) {
      return;
    }
    ChangeKind kind =
        switch (changed.change()) {
          case INSERT -> ChangeKind.INSERT;
          case UPDATE -> ChangeKind.UPDATE;
          case DELETE -> ChangeKind.DELETE;
        };
    long count = changed.count().orElse(UNKNOWN);
    rows.merge(kind, count, (a, b) -> a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a + b);
    remember(annotation);
  }

  private void remember(String text) {
    if (statement.isEmpty()) {
      statement = text;
    }
  }

  private void end(Transaction transaction) {
    if (rows.isEmpty() || !search.wants(transaction.began())) {
      return;
    }
    List<FoundTransaction.Change> changes = new ArrayList<>();
    boolean wanted = false;
    for (Map.Entry<ChangeKind, Long> entry : rows.entrySet()) {
      OptionalLong count =
          entry.getValue() == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(entry.getValue());
      changes.add(new FoundTransaction.Change(search.table(), entry.getKey(), count));
      wanted |= search.wants(entry.getKey(), count);
    }
    if (wanted) {
      found.accept(new FoundTransaction(timeline, log, transaction, changes, statement));
    }
  }
}
