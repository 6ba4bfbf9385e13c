package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.report.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// A plan as it is told.
record PlanText(RecoveryPlan plan) {
  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(fields()) + "\n";
      case TABLE -> text();
    };
  }

  String sentence() {
    return "from snapshot %s over %d logs (%,d bytes) of timeline %s up to GTID %s (%s:%d)"
        .formatted(
            plan.base().snapshot().name(),
            plan.logs().size(),
            plan.bytes(),
            plan.timeline(),
            plan.cut().state().position(),
            plan.cut().log(),
            plan.cut().offset());
  }

  private String text() {
    TextTable table = new TextTable("A recovery", asked());
    table.row("takes snapshot", plan.base().snapshot().name());
    table.row(
        "  cut",
        plan.base().cutAt() + " at GTID " + plan.logs().getFirst().content().start().position());
    table.row(
        "replays",
        "%s to %s of timeline %s, %,d bytes"
            .formatted(
                plan.logs().getFirst().log(), plan.cut().log(), plan.timeline(), plan.bytes()));
    table.row("ends at", "GTID " + plan.cut().state().position());
    table.row(
        "  last in", plan.cut().last().map(PlanText::shown).orElse("nothing but the snapshot"));
    table.row("  first out", plan.cut().next().map(PlanText::shown).orElse("nothing"));
    for (SeenTransaction early : plan.cut().early()) {
      table.row("  out too", shown(early) + "  (its time is not later than the target)");
    }
    return table.toString();
  }

  private String asked() {
    return switch (plan.target()) {
      case Target.Latest() -> "of all that is archived";
      case Target.At(var instant) -> "to " + instant;
      case Target.Through(var gtid) -> "up to and with " + gtid;
      case Target.Before(var gtid) -> "up to right before " + gtid;
    };
  }

  private static String shown(SeenTransaction seen) {
    return "%s  %s  %s"
        .formatted(
            seen.transaction().gtid(), seen.transaction().began(), OneLine.of(seen.statement()))
        .stripTrailing();
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", 1);
    fields.put("target", asked());
    fields.put("timeline", plan.timeline().toString());
    Map<String, Object> base = new LinkedHashMap<>();
    base.put("snapshot", plan.base().snapshot().name());
    base.put("uid", plan.base().snapshot().uid());
    base.put("cutAt", plan.base().cutAt().toString());
    base.put("state", plan.logs().getFirst().content().start().toString());
    fields.put("base", base);
    fields.put("logs", plan.logs().stream().map(ArchivedLog::log).map(Object::toString).toList());
    fields.put("bytes", plan.bytes());
    Map<String, Object> cut = new LinkedHashMap<>();
    cut.put("log", plan.cut().log().toString());
    cut.put("offset", plan.cut().offset());
    cut.put("state", plan.cut().state().toString());
    put(cut, "last", plan.cut().last());
    put(cut, "next", plan.cut().next());
    cut.put("early", plan.cut().early().stream().map(PlanText::fields).toList());
    fields.put("cut", cut);
    return fields;
  }

  private static void put(
      Map<String, Object> fields, String name, Optional<SeenTransaction> transaction) {
    transaction.ifPresent(seen -> fields.put(name, fields(seen)));
  }

  private static Map<String, Object> fields(SeenTransaction seen) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("gtid", seen.transaction().gtid().toString());
    fields.put("time", seen.transaction().began().toString());
    fields.put("log", seen.log().toString());
    fields.put("offset", seen.transaction().offset());
    fields.put("statement", seen.statement());
    return fields;
  }
}
