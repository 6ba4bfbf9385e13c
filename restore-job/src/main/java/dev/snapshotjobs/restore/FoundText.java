package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// What was found, as it is told.
///
/// @param shown the last of them, in the order of the archive
/// @param found how many there are in all
/// @param unread what could not be searched
record FoundText(TableName table, List<FoundTransaction> shown, long found, List<String> unread) {
  FoundText {
    shown = List.copyOf(shown);
    unread = List.copyOf(unread);
  }

  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(fields()) + "\n";
      case TABLE -> text();
    };
  }

  /// What a recovery takes to end right before the last of them that made rows go away, or else
  /// before the last of them.
  Optional<String> hint() {
    return mistake()
        .map(
            one ->
                "right before the last %s: --before-gtid %s --timeline %s"
                    .formatted(
                        one.destroys() ? "that made rows go away" : "of them",
                        gtid(one),
                        one.timeline()));
  }

  private Optional<FoundTransaction> mistake() {
    return shown.reversed().stream()
        .filter(FoundTransaction::destroys)
        .findFirst()
        .or(() -> shown.reversed().stream().findFirst());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    if (shown.isEmpty()) {
      text.append("Nothing of the kind was done to %s.\n".formatted(table));
    } else {
      text.append(rows());
      if (found > shown.size()) {
        text.append(
            "\n%d earlier ones are left out; --to, --min-rows and --kind narrow the search.\n"
                .formatted(found - shown.size()));
      }
      text.append("\nTo recover to ").append(hint().orElseThrow()).append('\n');
    }
    unread.forEach(what -> text.append("\nNot searched: ").append(what).append('\n'));
    return text.toString();
  }

  private TextTable rows() {
    TextTable rows = new TextTable("TIME", "TIMELINE", "GTID", "LOG", "CHANGE", "STATEMENT");
    for (FoundTransaction one : shown) {
      rows.row(
          one.transaction().began().toString(),
          one.timeline().toString(),
          gtid(one).toString(),
          "%s:%d".formatted(one.log(), one.transaction().offset()),
          one.changes().stream().map(FoundText::shown).collect(Collectors.joining(", ")),
          OneLine.of(one.statement()));
    }
    return rows;
  }

  private static Gtid gtid(FoundTransaction one) {
    return one.transaction().gtid();
  }

  private static String shown(FoundTransaction.Change change) {
    OptionalLong rows = change.rows();
    return change.kind() + (rows.isPresent() ? " %,d rows".formatted(rows.getAsLong()) : "");
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1);
    fields.put("table", table.toString());
    fields.put("found", found);
    List<Map<String, Object>> transactions = new ArrayList<>();
    for (FoundTransaction one : shown) {
      transactions.add(fields(one));
    }
    fields.put("transactions", transactions);
    mistake()
        .ifPresent(
            one ->
                fields.put(
                    "before",
                    Map.of("gtid", gtid(one).toString(), "timeline", one.timeline().toString())));
    fields.put("notSearched", unread);
    return fields;
  }

  private static Map<String, Object> fields(FoundTransaction one) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", one.transaction().began().toString());
    fields.put("timeline", one.timeline().toString());
    fields.put("gtid", gtid(one).toString());
    fields.put("log", one.log());
    fields.put("offset", one.transaction().offset());
    List<Map<String, Object>> changes = new ArrayList<>();
    for (FoundTransaction.Change change : one.changes()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("kind", change.kind().toString());
      change.rows().ifPresent(rows -> each.put("rows", rows));
      changes.add(each);
    }
    fields.put("changes", changes);
    fields.put("statement", one.statement());
    return fields;
  }
}
