package dev.snapshotjobs.archiver;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.Manifest;
import dev.snapshotjobs.common.archive.TimelineId;
import dev.snapshotjobs.common.binlog.GtidPosition;
import dev.snapshotjobs.common.mariadb.BinaryLogs;
import dev.snapshotjobs.common.mariadb.BinlogCoordinates;
import dev.snapshotjobs.common.mariadb.BinlogDump;
import dev.snapshotjobs.common.mariadb.BinlogFile;
import dev.snapshotjobs.common.mariadb.MariaDbConnector;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Where a server stands, seen from the archive.
///
/// @param end where it writes now
/// @param position its `@@gtid_binlog_pos`
/// @param timeline in which its logs go on; empty if the next run of `archive` opens one
/// @param sealed those of its logs that the archive has whole: nothing is lost when they go
/// @param firstNotSealed the oldest log that the archive still needs
/// @param nothingIsMissing whether the archive ends where the server stands
record ServerStatus(
    BinlogCoordinates end,
    GtidPosition position,
    Optional<TimelineId> timeline,
    List<BinlogFile> sealed,
    BinlogFile firstNotSealed,
    boolean nothingIsMissing) {
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);

  ServerStatus {
    sealed = List.copyOf(sealed);
  }

  /// Asks the server; its logs are known again by their heads, and never by their names alone.
  static ServerStatus read(MariaDbConnector connector, Inventory inventory, Histories histories)
      throws SQLException, IOException {
    try (Connection connection = connector.open(LONGEST_ANSWER)) {
      // The position before the logs: what is logged meanwhile must not look archived.
      GtidPosition position = position(connection);
      BinlogCoordinates end = BinaryLogs.end(connection);
      List<BinlogFile> logs = BinaryLogs.list(connection);
      Place place = new Locator(logs, log -> BinlogDump.head(connector, log), inventory).locate();
      return of(end, position, logs, place, histories);
    }
  }

  static ServerStatus of(
      BinlogCoordinates end,
      GtidPosition position,
      List<BinlogFile> logs,
      Place place,
      Histories histories) {
    Set<String> manifests =
        histories.all().stream()
            .flatMap(history -> history.logs().stream())
            .flatMap(
                log ->
                    log instanceof ArchivedLog.Sealed(Manifest manifest)
                        ? Optional.of(sizedName(manifest.log().text(), manifest.sizeOnServer()))
                            .stream()
                        : Optional.<String>empty().stream())
            .collect(Collectors.toSet());
    List<BinlogFile> sealed =
        logs.subList(0, place.next()).stream()
            .filter(log -> manifests.contains(sizedName(log.name(), log.size())))
            .toList();
    BinlogFile firstNotSealed =
        logs.stream().filter(log -> !sealed.contains(log)).findFirst().orElse(logs.getLast());
    Optional<TimelineId> timeline =
        switch (place) {
          case Place.Continued continued -> Optional.of(new TimelineId(continued.timeline()));
          case Place.Opened _ -> Optional.empty();
        };
    boolean nothingIsMissing =
        histories.chains().stream()
            .filter(chain -> Optional.of(chain.timeline()).equals(timeline))
            .reduce((_, last) -> last)
            .map(Chain::endState)
            .filter(state -> state.position().equals(position))
            .isPresent();
    return new ServerStatus(end, position, timeline, sealed, firstNotSealed, nothingIsMissing);
  }

  private static String sizedName(String name, long size) {
    return name + "/" + size;
  }

  private static GtidPosition position(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@gtid_binlog_pos")) {
      row.next();
      return GtidPosition.parse(row.getString(1));
    }
  }
}
