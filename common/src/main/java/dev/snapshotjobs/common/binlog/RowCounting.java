package dev.snapshotjobs.common.binlog;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Counts the rows of each rows event of a log. Not for several threads.
final class RowCounting {
  private final Map<Long, ColumnLayout> tables = new HashMap<>();
  private @Nullable RowCounter current;

  /// The counter of an event that begins; null if it has no rows.
  @Nullable RowCounter begin(EventHeader header) {
    current =
        RowCounter.of(header.type(), tableId -> Optional.ofNullable(tables.get(tableId)))
            .orElse(null);
    return current;
  }

  /// What the event that began last has.
  OptionalLong end() {
    RowCounter counter = current;
    current = null;
    if (counter == null) {
      return OptionalLong.empty();
    }
    try (counter) {
      return counter.count();
    }
  }

  /// Learns of the tables of a statement, and forgets them with its end. Of a table that cannot be
  /// taken apart the rows are not counted; the log is whole all the same.
  ///
  /// @param content of the event, from its beginning
  void follow(EventBody body, Cursor content) {
    switch (body) {
      case EventBody.TableMap map ->
          layout(content)
              .ifPresentOrElse(
                  layout -> tables.put(map.tableId(), layout), () -> tables.remove(map.tableId()));
      case EventBody.Rows rows when rows.endsStatement() -> tables.clear();
      default -> {} // says nothing of tables
    }
  }

  private static Optional<ColumnLayout> layout(Cursor content) {
    try {
      content.skip(6 + 2); // its number, and flags
      content.skip(content.u8() + 1);
      content.skip(content.u8() + 1);
      return ColumnLayout.read(content);
    } catch (BinlogFormatException _) {
      return Optional.empty(); // its checksum holds: it is of a form that we do not know
    }
  }
}
