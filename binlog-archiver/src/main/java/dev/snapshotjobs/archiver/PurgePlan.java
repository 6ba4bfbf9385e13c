package dev.snapshotjobs.archiver;

import dev.snapshotjobs.archiver.PurgeEvidence.Archived;
import dev.snapshotjobs.common.binlog.GtidState;
import dev.snapshotjobs.common.binlog.Succession;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which logs of a server may be purged: its oldest ones, up to the first that has to stay. A log
/// that is purged needs no other reason than the archive; what is in doubt stays.
///
/// @param logs all of the server, the oldest first; the last one is still written
/// @param count how many may go
/// @param stay why the first of the others stays
record PurgePlan(List<BinlogFile> logs, int count, Stay stay) {

  /// So many always stay, for whoever looks at the server and wonders what has just happened.
  static final int NEWEST = 2;

  PurgePlan {
    logs = List.copyOf(logs);
    if (count < 0 || count >= logs.size()) {
      throw new IllegalArgumentException(
          "of %d logs no more than all but one may go, not %d".formatted(logs.size(), count));
    }
  }

  /// Plans from what is known without reading any archived log.
  ///
  /// @param unsealed the first log that is not sealed
  /// @param keptFrom logs that were written at this time or later stay
  static PurgePlan of(List<BinlogFile> logs, int unsealed, PurgeEvidence evidence, Instant keptFrom)
      throws SQLException, IOException {
    int most = Math.max(0, Math.min(unsealed, logs.size() - NEWEST));
    for (int log = 0; log < most; log++) {
      Optional<Stay> stay = stays(logs, log, evidence, keptFrom);
      if (stay.isPresent()) {
        return connected(logs, log, stay.get(), unsealed, evidence);
      }
    }
    Stay stay = most == unsealed ? new Stay.NotSealed() : new Stay.Newest();
    return connected(logs, most, stay, unsealed, evidence);
  }

  private static Optional<Stay> stays(
      List<BinlogFile> logs, int log, PurgeEvidence evidence, Instant keptFrom)
      throws SQLException, IOException {
    BinlogFile file = logs.get(log);
    Optional<Archived> found = evidence.archived(file.name());
    if (found.isEmpty()) {
      return Optional.of(new Stay.OtherTimeline());
    }
    Archived archived = found.get();
    LogBeginning next = evidence.beginning(logs.get(log + 1).name());
    if (!next.begun().isBefore(keptFrom)) {
      return Optional.of(new Stay.Young(next.begun(), keptFrom));
    }
    if (archived.sizeOnServer() != file.size()) {
      return Optional.of(
          new Stay.Different(
              "it has %d bytes on the server, and had %d when it was sealed"
                  .formatted(file.size(), archived.sizeOnServer())));
    }
    if (archived.size() != file.size()) {
      return Optional.of(new Stay.InPart(archived.size(), file.size()));
    }
    if (!evidence.beginning(file.name()).head().fingerprint().equals(archived.head())) {
      return Optional.of(new Stay.Different("they begin differently"));
    }
    return unconnected(archived.end(), next.head().start());
  }

  private static Optional<Stay> unconnected(GtidState end, GtidState start) {
    return switch (Succession.between(end, start)) {
      case Succession.Unbroken _, Succession.DomainsRemoved _ -> Optional.empty();
      case Succession.Gap _, Succession.Unrelated _ ->
          Optional.of(
              new Stay.Unconnected("it ends at %s, and that begins at %s".formatted(end, start)));
    };
  }

  /// What is purged can be recovered from the archive only together with what comes after it.
  private static PurgePlan connected(
      List<BinlogFile> logs, int count, Stay stay, int unsealed, PurgeEvidence evidence) {
    if (count == 0) {
      return new PurgePlan(logs, 0, stay);
    }
    for (int log = 1; log < logs.size(); log++) {
      if (logs.get(log).number() != logs.get(log - 1).number() + 1) {
        String behind =
            "behind %s comes %s".formatted(logs.get(log - 1).name(), logs.get(log).name());
        return new PurgePlan(logs, 0, new Stay.Unconnected(behind));
      }
    }
    Set<String> complete = evidence.complete();
    return logs.subList(0, unsealed).stream()
        .map(BinlogFile::name)
        .filter(name -> !complete.contains(name))
        .findFirst()
        .map(name -> new PurgePlan(logs, 0, new Stay.Hole(name)))
        .orElse(new PurgePlan(logs, count, stay));
  }

  /// The logs that may go.
  List<BinlogFile> purged() {
    return logs.subList(0, count);
  }

  /// The first that stays.
  BinlogFile firstKept() {
    return logs.get(count);
  }

  /// No log may go, all of a sudden.
  PurgePlan none(Stay why) {
    return new PurgePlan(logs, 0, why);
  }

  /// From this log on all stay: more is known of it now.
  PurgePlan before(int log, Stay why) {
    return new PurgePlan(logs, Math.min(count, log), log < count ? why : stay);
  }
}
