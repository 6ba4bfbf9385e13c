package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.binlog.LogSummary;
import java.util.List;
import java.util.Optional;

/// Places at which a server did something and could not log it. What lies behind them is not what
/// the server had, and a replay stops there.
final class Incidents {
  private Incidents() {}

  /// One of them.
  record Incident(LogName log, long offset, String message) {
    /// A sentence without its full stop.
    String words() {
      return "%s:%d says that the server could not log what it did (%s), so no recovery goes over it"
          .formatted(log, offset, message);
    }
  }

  static List<Incident> of(ArchivedLog log) {
    return log.content().incidents().stream().map(each -> of(log, each)).toList();
  }

  private static Incident of(ArchivedLog log, LogSummary.IncidentAt each) {
    return new Incident(log.log(), each.offset(), OneLine.of(each.message()));
  }

  /// The first one that a plan would go over.
  static Optional<Incident> within(RecoveryPlan plan) {
    return plan.logs().stream()
        .flatMap(log -> of(log).stream())
        .filter(
            incident ->
                !incident.log().equals(plan.cut().log()) || incident.offset() < plan.cut().offset())
        .findFirst();
  }
}
