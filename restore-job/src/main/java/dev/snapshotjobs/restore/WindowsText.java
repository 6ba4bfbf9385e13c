package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.report.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The recoverable windows as they are told: a table, and a bar over the time from the oldest of
/// them until now.
///
/// @param withoutBase what is archived and cannot be recovered, for want of a snapshot
/// @param notUsable snapshots that are no base, with the reason
record WindowsText(
    Instant now,
    List<RestoreWindow> windows,
    List<Chain> withoutBase,
    List<Bases.Unusable> notUsable) {
  private static final int BAR = 60;

  WindowsText {
    windows = List.copyOf(windows);
    withoutBase = List.copyOf(withoutBase);
    notUsable = List.copyOf(notUsable);
  }

  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(fields()) + "\n";
      case TABLE -> text();
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    if (windows.isEmpty()) {
      text.append("Nothing can be recovered: there is no snapshot with logs behind it.\n");
    } else {
      TextTable table = new TextTable("TIMELINE", "FROM", "TO", "SNAPSHOTS", "UP TO GTID", "THEN");
      for (RestoreWindow window : windows) {
        table.row(
            window.chain().timeline().toString(),
            shown(window.from()),
            shown(window.to()) + (window.isProven() ? "" : " at least"),
            Integer.toString(window.bases().size()),
            window.chain().endState().position().toString(),
            window.until().end().words());
      }
      text.append(table).append('\n').append(bars());
    }
    for (Incidents.Incident incident : incidents()) {
      text.append('\n').append(incident.words()).append('\n');
    }
    for (Chain chain : withoutBase) {
      text.append(
          "\n%s of timeline %s cannot be recovered: no snapshot is a base for it; then %s\n"
              .formatted(logs(chain), chain.timeline(), chain.end().words()));
    }
    for (Bases.Unusable one : notUsable) {
      text.append("\n%s is no base: %s\n".formatted(one.snapshot(), one.why()));
    }
    return text.toString();
  }

  private List<Incidents.Incident> incidents() {
    return windows.stream()
        .flatMap(window -> window.chain().logs().stream())
        .flatMap(log -> Incidents.of(log).stream())
        .toList();
  }

  private static String logs(Chain chain) {
    LogName first = chain.logs().getFirst().log();
    LogName last = chain.logs().getLast().log();
    return first.equals(last) ? first.text() : first + " to " + last;
  }

  private String bars() {
    Instant begin =
        windows.stream().map(RestoreWindow::from).min(Comparator.naturalOrder()).orElse(now);
    StringBuilder text = new StringBuilder();
    for (RestoreWindow window : windows) {
      text.append(
          "%s [%s]\n".formatted(window.chain().timeline(), bar(begin, window.from(), window.to())));
    }
    return text.append("      %s to %s\n".formatted(shown(begin), shown(now))).toString();
  }

  private String bar(Instant begin, Instant from, Instant to) {
    int first = column(begin, from);
    int last = Math.max(first, column(begin, to));
    return ".".repeat(first) + "#".repeat(last - first + 1) + ".".repeat(BAR - 1 - last);
  }

  private int column(Instant begin, Instant at) {
    long whole = Math.max(1, Duration.between(begin, now).toMillis());
    return Math.clamp(Duration.between(begin, at).toMillis() * BAR / whole, 0, BAR - 1);
  }

  private static String shown(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1);
    fields.put("windows", windows.stream().map(WindowsText::fields).toList());
    fields.put("incidents", incidents().stream().map(Incidents.Incident::words).toList());
    fields.put("withoutBase", withoutBase.stream().map(WindowsText::fields).toList());
    fields.put("notUsable", notUsable.stream().map(Bases.Unusable::fields).toList());
    return fields;
  }

  private static Map<String, Object> fields(Chain chain) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timeline", chain.timeline().toString());
    fields.put("firstLog", chain.logs().getFirst().log().text());
    fields.put("lastLog", chain.logs().getLast().log().text());
    fields.put("endKind", chain.end().kind());
    fields.put("end", chain.end().words());
    return fields;
  }

  private static Map<String, Object> fields(RestoreWindow window) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timeline", window.chain().timeline().toString());
    fields.put("from", window.from().toString());
    fields.put(
        "fromState",
        window.chain().logs().get(window.bases().getFirst().log()).content().start().toString());
    fields.put("to", window.to().toString());
    fields.put("proven", window.isProven());
    fields.put("toState", window.chain().endState().toString());
    fields.put(
        "snapshots", window.bases().stream().map(base -> base.entry().snapshot().name()).toList());
    fields.put("endKind", window.until().end().kind());
    fields.put("end", window.until().end().words());
    return fields;
  }
}
