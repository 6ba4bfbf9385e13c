package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.Transaction;
import java.util.List;
import java.util.OptionalLong;

/// A transaction that changed what somebody looks for.
///
/// @param statement the first of its statements that did, or its beginning; empty if the log does
///   not have it
record FoundTransaction(
    TimelineId timeline,
    String log,
    Transaction transaction,
    List<Change> changes,
    String statement) {
  FoundTransaction {
    changes = List.copyOf(changes);
  }

  /// Whether rows are gone behind it: what somebody who asks wants to go back to before.
  boolean destroys() {
    return SqlTokens.of(statement, true).stream()
            .findFirst()
            .filter(word -> word.is("DROP"))
            .isPresent()
        || changes.stream()
            .anyMatch(
                change ->
                    change.kind() == ChangeKind.TRUNCATE || change.kind() == ChangeKind.DELETE);
  }

  /// What it did to one table.
  ///
  /// @param rows how many; empty where the log has a statement and not its rows
  record Change(TableName table, ChangeKind kind, OptionalLong rows) {}
}
