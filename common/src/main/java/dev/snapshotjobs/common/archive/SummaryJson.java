package dev.snapshotjobs.common.archive;

import dev.snapshotjobs.common.binlog.ChecksumAlgorithm;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.LogEnding;
import dev.snapshotjobs.common.binlog.LogSummary;
import dev.snapshotjobs.common.binlog.LogSummary.IncidentAt;
import dev.snapshotjobs.common.binlog.LogSummary.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of a log, as the manifest of a whole one and the document of a chunk say it.
final class SummaryJson {
  private SummaryJson() {}

  /// Within the limits of a document, and free of contradictions.
  static LogSummary bounded(LogSummary summary) {
    Sha256.checked(summary.sha256());
    Sha256.checked(summary.head());
    bounded(summary.start());
    bounded(summary.end());
    if (summary.size() < 1
        || summary.wholeTransactionsEnd() < 0
        || summary.wholeTransactionsEnd() > summary.size()) {
      throw new IllegalArgumentException(
          "transactions end at %d in a log of %d bytes"
              .formatted(summary.wholeTransactionsEnd(), summary.size()));
    }
    if (summary.transactions() > 0 != summary.times().isPresent()) {
      throw new IllegalArgumentException(
          summary.transactions() + " transactions, and times of some only where there are some");
    }
    if (summary.ending() instanceof LogEnding.RotatedTo(String next)) {
      LogName _ = new LogName(next);
    }
    if (summary.incidentCount() < summary.incidents().size()) {
      throw new IllegalArgumentException("there are more incidents than are counted");
    }
    return new LogSummary(
        summary.size(),
        summary.sha256(),
        summary.head(),
        cut(summary.serverVersion(), ArchiveLimits.SERVER_VERSION),
        summary.checksum(),
        summary.encryptedAtSource(),
        summary.start(),
        summary.end(),
        summary.transactions(),
        summary.wholeTransactionsEnd(),
        summary.abandoned(),
        summary.times(),
        summary.incidents().stream().limit(ArchiveLimits.INCIDENTS).map(SummaryJson::cut).toList(),
        summary.incidentCount(),
        summary.ending());
  }

  static GtidState bounded(GtidState state) {
    if (state.toString().length() > ArchiveLimits.GTIDS) {
      throw new IllegalArgumentException(
          ("the GTID state has %d domains and more than %d characters; let the server forget"
                  + " domains that are gone: FLUSH BINARY LOGS DELETE_DOMAIN_ID=(…)")
              .formatted(state.byDomain().size(), ArchiveLimits.GTIDS));
    }
    return state;
  }

  static void put(LogSummary summary, Map<String, Object> into) {
    into.put("size", summary.size());
    into.put("sha256", summary.sha256());
    into.put("head", summary.head());
    into.put("serverVersion", summary.serverVersion());
    into.put("checksum", summary.checksum().name());
    into.put("encryptedAtSource", summary.encryptedAtSource());
    into.put("start", summary.start().toString());
    into.put("end", summary.end().toString());
    into.put("transactions", summary.transactions());
    into.put("wholeTransactionsEnd", summary.wholeTransactionsEnd());
    into.put("abandoned", summary.abandoned());
    summary.times().ifPresent(times -> into.put("times", fields(times)));
    into.put("incidentCount", summary.incidentCount());
    into.put("incidents", summary.incidents().stream().map(SummaryJson::fields).toList());
    into.put("ending", fields(summary.ending()));
  }

  static LogSummary read(Fields in) throws ArchiveFormatException {
    Optional<Fields> times = in.optional("times");
    List<IncidentAt> incidents = new ArrayList<>();
    for (Fields incident : in.list("incidents", ArchiveLimits.INCIDENTS)) {
      incidents.add(
          new IncidentAt(
              incident.count("offset"),
              (int) incident.number("code", 0, 0xFFFF),
              incident.text("message", 2 * ArchiveLimits.INCIDENT_MESSAGE)));
    }
    return new LogSummary(
        in.count("size"),
        in.sha256("sha256"),
        in.sha256("head"),
        in.text("serverVersion", 2 * ArchiveLimits.SERVER_VERSION),
        checksum(in),
        in.flag("encryptedAtSource"),
        in.value("start", ArchiveLimits.GTIDS, GtidState::parse),
        in.value("end", ArchiveLimits.GTIDS, GtidState::parse),
        in.count("transactions"),
        in.count("wholeTransactionsEnd"),
        in.count("abandoned"),
        times.isPresent() ? Optional.of(times(times.get())) : Optional.empty(),
        incidents,
        in.count("incidentCount"),
        ending(in.in("ending")));
  }

  private static Map<String, Object> fields(Times times) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("first", times.first().toString());
    fields.put("last", times.last().toString());
    fields.put("earliest", times.earliest().toString());
    fields.put("latest", times.latest().toString());
    return fields;
  }

  private static Times times(Fields in) throws ArchiveFormatException {
    return new Times(
        in.instant("first"), in.instant("last"), in.instant("earliest"), in.instant("latest"));
  }

  private static Map<String, Object> fields(IncidentAt incident) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("offset", incident.offset());
    fields.put("code", incident.code());
    fields.put("message", incident.message());
    return fields;
  }

  private static Map<String, Object> fields(LogEnding ending) {
    return switch (ending) {
      case LogEnding.Open() -> Map.of("kind", "open");
      case LogEnding.ServerStopped() -> Map.of("kind", "stopped");
      case LogEnding.RotatedTo(String next) -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", "rotated");
        fields.put("nextLog", next);
        yield fields;
      }
    };
  }

  private static ChecksumAlgorithm checksum(Fields in) throws ArchiveFormatException {
    return switch (in.text("checksum", 20)) {
      case "NONE" -> ChecksumAlgorithm.NONE;
      case "CRC32" -> ChecksumAlgorithm.CRC32;
      default -> throw in.wrong("checksum", "NONE or CRC32");
    };
  }

  private static LogEnding ending(Fields in) throws ArchiveFormatException {
    return switch (in.text("kind", 20)) {
      case "open" -> new LogEnding.Open();
      case "stopped" -> new LogEnding.ServerStopped();
      case "rotated" -> new LogEnding.RotatedTo(in.value("nextLog", 255, LogName::new).text());
      default -> throw in.wrong("kind", "open, stopped or rotated");
    };
  }

  private static IncidentAt cut(IncidentAt incident) {
    return new IncidentAt(
        incident.offset(),
        incident.code(),
        cut(incident.message(), ArchiveLimits.INCIDENT_MESSAGE));
  }

  /// Without half a character at the end.
  private static String cut(String text, int characters) {
    return text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters));
  }
}
