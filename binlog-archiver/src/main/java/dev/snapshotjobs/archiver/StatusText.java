package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Damage;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.RecoverableWindow;
import dev.snapshotjobs.common.archive.RecoverableWindow.Reach;
import dev.snapshotjobs.common.archive.Timeline;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.config.DurationConverter;
import dev.snapshotjobs.common.config.OutputFormat;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.report.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// The status of an archive as it is told: docs/reference/archive-status.md.
record StatusText(ArchiveStatus status) {

  String in(OutputFormat format) {
    return switch (format) {
      case JSON -> JsonMapper.shared().writeValueAsString(fields()) + "\n";
      case TABLE -> table();
    };
  }

  private String table() {
    if (status.histories().all().isEmpty()) {
      return "Nothing of %s is archived.\n".formatted(status.instance());
    }
    StringBuilder text = new StringBuilder();
    text.append("Archive of %s at %s\n\n".formatted(status.instance(), shown(status.now())));
    text.append(timelines()).append('\n');
    text.append(windows()).append('\n');
    text.append(rpo()).append('\n');
    status.server().ifPresent(server -> text.append(server(server)));
    if (!status.damages().isEmpty()) {
      text.append("\nDamaged or gone\n");
      status.damages().forEach(damage -> text.append("  ").append(shown(damage)).append('\n'));
    }
    return text.toString();
  }

  private TextTable timelines() {
    TextTable table = new TextTable("TIMELINE", "OPENED", "REASON", "SEALED", "BYTES", "OPEN LOG");
    for (History history : status.histories().all()) {
      table.row(
          history.id().toString(),
          history.document().map(Timeline::openedAt).map(StatusText::shown).orElse("?"),
          history.document().map(Timeline::reason).map(Object::toString).orElse("?"),
          Long.toString(sealed(history).count()),
          Long.toString(sealed(history).mapToLong(log -> log.content().size()).sum()),
          open(history)
              .map(log -> "%s up to %d".formatted(log.log(), log.content().size()))
              .orElse("none"));
    }
    return table;
  }

  private static Stream<Manifest> sealed(History history) {
    return history.logs().stream()
        .flatMap(
            log ->
                log instanceof ArchivedLog.Sealed(Manifest manifest)
                    ? Stream.of(manifest)
                    : Stream.empty());
  }

  private static Optional<ArchivedLog> open(History history) {
    return history.logs().stream()
        .filter(log -> log instanceof ArchivedLog.Open)
        .reduce((_, last) -> last);
  }

  private TextTable windows() {
    TextTable table =
        new TextTable("RECOVERABLE IN", "FROM", "FIRST AT", "TO", "UP TO", "WHY NO FURTHER");
    for (RecoverableWindow window : status.windows()) {
      table.row(
          window.timeline().toString(),
          shown(window.from().state()),
          window.from().time().map(StatusText::shown).orElse("-"),
          shown(window.until().state()),
          shown(window.until().reach()),
          window.end().words());
    }
    return table;
  }

  /// Cut off and not rounded: it must not say more than is proven.
  private static String shown(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String shown(GtidState state) {
    return state.isEmpty() ? "the very beginning" : state.position().toString();
  }

  private static String shown(Reach reach) {
    return switch (reach) {
      case Reach.Proven(Instant at) -> shown(at) + " (proven)";
      case Reach.AtLeast(Instant last) -> shown(last) + " (at least)";
      case Reach.Unknown() -> "unknown";
    };
  }

  private static String shown(Damage damage) {
    return damage + "\n    " + damage.todo();
  }

  private String rpo() {
    return status
        .caughtUp()
        .map(
            at ->
                "RPO %s: all that the server had logged at %s is archived\n"
                    .formatted(inSeconds(status.rpo().orElseThrow()), shown(at)))
        .orElse("RPO unknown: nothing proves that the archive had ever caught up\n");
  }

  private static String inSeconds(Duration duration) {
    return DurationConverter.format(Duration.ofSeconds(duration.toSeconds()));
  }

  private static String server(ServerStatus server) {
    String place =
        server
            .timeline()
            .map(id -> "goes on in timeline " + id)
            .orElse("does not go on in any timeline: the next run of archive opens one");
    String sealed =
        server.sealed().isEmpty()
            ? "none of its logs is sealed: it must not purge any"
            : "sealed, so it may purge: %s to %s (%d logs, %d bytes)"
                .formatted(
                    server.sealed().getFirst().name(),
                    server.sealed().getLast().name(),
                    server.sealed().size(),
                    server.sealed().stream().mapToLong(BinlogFile::size).sum());
    return """
        Server at %s:%d, GTID %s: %s; %s
        %s
        still needed: %s and what follows
        """
        .formatted(
            server.end().file(),
            server.end().offset(),
            server.position(),
            place,
            server.nothingIsMissing()
                ? "nothing is missing"
                : "the archive lacks its newest events",
            sealed,
            server.firstNotSealed().name());
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("instance", status.instance());
    fields.put("at", status.now().toString());
    fields.put("timelines", status.histories().all().stream().map(StatusText::fields).toList());
    fields.put("windows", status.windows().stream().map(StatusText::fields).toList());
    fields.put("damages", status.damages().stream().map(StatusText::fields).toList());
    status.caughtUp().ifPresent(at -> fields.put("caughtUpAt", at.toString()));
    status.rpo().ifPresent(rpo -> fields.put("rpoSeconds", rpo.toSeconds()));
    status.server().ifPresent(server -> fields.put("server", fields(server)));
    return fields;
  }

  private static Map<String, Object> fields(History history) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timeline", history.id().toString());
    history
        .document()
        .ifPresent(
            document -> {
              fields.put("openedAt", document.openedAt().toString());
              fields.put("reason", document.reason().toString());
              document
                  .parent()
                  .ifPresent(parent -> fields.put("parent", parent.timeline().toString()));
            });
    fields.put("sealed", sealed(history).count());
    fields.put("sealedBytes", sealed(history).mapToLong(log -> log.content().size()).sum());
    open(history)
        .ifPresent(
            log -> {
              fields.put("openLog", log.log().text());
              fields.put("openBytes", log.content().size());
            });
    return fields;
  }

  private static Map<String, Object> fields(RecoverableWindow window) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("timeline", window.timeline().toString());
    fields.put("fromLog", window.from().log().text());
    fields.put("from", window.from().state().toString());
    window.from().time().ifPresent(time -> fields.put("firstAt", time.toString()));
    fields.put("toLog", window.until().log().text());
    fields.put("to", window.until().state().toString());
    switch (window.until().reach()) {
      case Reach.Proven(Instant at) -> fields.put("provenUpTo", at.toString());
      case Reach.AtLeast(Instant last) -> fields.put("atLeastUpTo", last.toString());
      case Reach.Unknown() -> {}
    }
    fields.put("end", window.end().kind());
    fields.put("explained", !window.end().isLoss());
    fields.put("why", window.end().words());
    return fields;
  }

  private static Map<String, Object> fields(Damage damage) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", damage.key());
    fields.put("what", damage.what());
    fields.put("todo", damage.todo());
    return fields;
  }

  private static Map<String, Object> fields(ServerStatus server) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("log", server.end().file());
    fields.put("offset", server.end().offset());
    fields.put("position", server.position().toString());
    server.timeline().ifPresent(id -> fields.put("timeline", id.toString()));
    fields.put("nothingIsMissing", server.nothingIsMissing());
    fields.put("sealed", server.sealed().stream().map(BinlogFile::name).toList());
    fields.put("firstNotSealed", server.firstNotSealed().name());
    return fields;
  }
}
