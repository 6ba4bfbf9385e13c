package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.PlanDocument;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.report.TextTable;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A plan as it is told.
///
/// @param standing what the cluster says of the snapshot
/// @param obstacles what a replay cannot follow, and what is left unfinished; empty if the logs
///   were not read
record PlanText(
    RecoveryPlan plan,
    PlanDocument document,
    ClusterSnapshots.Standing standing,
    Optional<List<String>> obstacles) {
  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> json();
      case TABLE -> text();
    };
  }

  String sentence() {
    return "from snapshot %s over %d logs (%,d bytes) of timeline %s up to GTID %s (%s:%d)%s"
        .formatted(
            plan.base().snapshot().name(),
            plan.logs().size(),
            plan.bytes(),
            plan.timeline(),
            plan.cut().state().position(),
            plan.cut().log(),
            plan.cut().offset(),
            minds().isEmpty() ? "" : "; mind: " + String.join("; ", minds()));
  }

  private String text() {
    TextTable table = new TextTable("A recovery", asked());
    table.row("takes snapshot", plan.base().snapshot().name());
    table.row(
        "  cut",
        plan.base().cutAt() + " at GTID " + plan.logs().getFirst().content().start().position());
    table.row("  object", "the VolumeSnapshot " + standing.words());
    notInSnapshot().ifPresent(what -> table.row("  not in it", what));
    table.row(
        "replays",
        "%s to %s of timeline %s, %,d bytes"
            .formatted(
                plan.logs().getFirst().log(), plan.cut().log(), plan.timeline(), plan.bytes()));
    ReplayEstimate estimate = ReplayEstimate.of(plan);
    table.row(
        "  for about",
        "%s (%,d transactions), when volume and server are there"
            .formatted(DurationConverter.format(estimate.duration()), estimate.transactions()));
    table.row("ends at", "GTID " + plan.cut().state().position());
    table.row(
        "  last in", plan.cut().last().map(PlanText::shown).orElse("nothing but the snapshot"));
    table.row("  first out", plan.cut().next().map(PlanText::shown).orElse("nothing"));
    for (SeenTransaction early : plan.cut().early()) {
      table.row("  out too", shown(early) + "  (its time is not later than the target)");
    }
    table.row("leaves out", leftOut());
    table.row("  behind it", plan.end().words());
    minds().forEach(what -> table.row("mind", what));
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

  private String leftOut() {
    GtidState end = plan.behind();
    return end.equals(plan.cut().state())
        ? "nothing that is archived"
        : "what is archived from there up to GTID " + end.position();
  }

  /// What somebody should know before the plan is carried out.
  private List<String> minds() {
    List<String> all = new ArrayList<>();
    if (plan.isShort()) {
      all.add("this is not all that was archived: " + plan.end().words());
    }
    if (plan.target() instanceof Target.At && plan.cut().byTimes()) {
      all.add("the archiver left no mark in that log, so the times of transactions decided");
    }
    for (ArchivedLog log : plan.logs()) {
      if (log.content().abandoned() > 0) {
        all.add(
            "%s has %d transactions that were begun and never ended"
                .formatted(log.log(), log.content().abandoned()));
      }
    }
    all.addAll(
        obstacles.orElse(
            List.of("the logs were not read (--quick): nobody knows whether all of them can be")));
    return all;
  }

  private Optional<String> notInSnapshot() {
    return Optional.ofNullable(plan.base().annotations().get(SnapshotKeys.NOT_REPLAYED));
  }

  private static String shown(SeenTransaction seen) {
    return "%s  %s  %s"
        .formatted(
            seen.transaction().gtid(), seen.transaction().began(), OneLine.of(seen.statement()))
        .stripTrailing();
  }

  /// The document, with more beside it.
  private String json() {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode all = (ObjectNode) mapper.readTree(document.json());
    fields().forEach(all::putPOJO);
    return mapper.writeValueAsString(all) + "\n";
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("reachable", true);
    fields.put("id", document.id());
    Map<String, Object> snapshot = new LinkedHashMap<>();
    snapshot.put("namespace", plan.base().snapshot().namespace());
    snapshot.put("standing", standing.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    snapshot.put("cutAt", plan.base().cutAt().toString());
    snapshot.put("driver", plan.base().content().driver());
    snapshot.put("handle", plan.base().content().handle());
    notInSnapshot().ifPresent(what -> snapshot.put("notReplayed", what));
    fields.put("snapshot", snapshot);
    ReplayEstimate estimate = ReplayEstimate.of(plan);
    fields.put("bytes", plan.bytes());
    fields.put("transactions", estimate.transactions());
    fields.put("estimatedSeconds", estimate.duration().toSeconds());
    plan.cut().last().ifPresent(seen -> fields.put("last", fields(seen)));
    plan.cut().next().ifPresent(seen -> fields.put("next", fields(seen)));
    fields.put("early", plan.cut().early().stream().map(PlanText::fields).toList());
    Map<String, Object> leftOut = new LinkedHashMap<>();
    leftOut.put("upTo", plan.behind().toString());
    leftOut.put("endKind", plan.end().kind());
    leftOut.put("end", plan.end().words());
    fields.put("leftOut", leftOut);
    fields.put("logsRead", obstacles.isPresent());
    fields.put("mind", minds());
    return fields;
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
