package dev.snapshotjobs.restore;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What is looked for.
///
/// @param from not before, by the time of the transaction
/// @param to not later
/// @param minRows changes of fewer rows are left out; where the log does not tell how many there
///   were, none is
record Search(
    TableName table,
    Set<ChangeKind> kinds,
    Optional<Instant> from,
    Optional<Instant> to,
    long minRows) {
  Search {
    kinds = Set.copyOf(kinds);
  }

  boolean wants(ChangeKind kind, OptionalLong rows) {
    return kinds.contains(kind) && rows.orElse(Long.MAX_VALUE) >= minRows;
  }

  boolean wants(Instant time) {
    return from.filter(time::isBefore).isEmpty() && to.filter(time::isAfter).isEmpty();
  }
}
