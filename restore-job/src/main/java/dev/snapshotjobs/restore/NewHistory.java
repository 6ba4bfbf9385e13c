package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.Histories;
import dev.snapshotjobs.common.archive.History;
import dev.snapshotjobs.common.binlog.Gtid;
import dev.snapshotjobs.common.binlog.GtidState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where the numbers of a restored server go on. Not where its data end: the server that it was
/// made from has given the next numbers to transactions that the restored one leaves out, and a
/// replica that has those would take the restored server for its primary and leave out what it
/// gives the same numbers. From behind a jump, such a replica asks for a place that the restored
/// server does not have, and both say so.
final class NewHistory {
  /// The numbers begin behind the next multiple, so that one sees where a restore lies.
  static final long STEP = 1_000_000_000;

  /// What may have been logged and never archived.
  static final long MARGIN = 100_000_000;

  private NewHistory() {}

  /// @param reached where the data end
  /// @param known everything of which it is known that some server of this database has logged it
  /// @param serverId of the server as it will run
  static GtidState behind(GtidState reached, List<GtidState> known, long serverId) {
    Map<Long, Long> highest = new TreeMap<>();
    List<GtidState> all = new ArrayList<>(known);
    all.add(reached);
    for (GtidState state : all) {
      state
          .byDomain()
          .values()
          .forEach(
              domain ->
                  domain
                      .byServer()
                      .values()
                      .forEach(
                          gtid ->
                              highest.merge(
                                  gtid.domainId(),
                                  gtid.sequence(),
                                  (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b)));
    }
    return GtidState.of(
        highest.entrySet().stream()
            .map(entry -> new Gtid(entry.getKey(), serverId, jump(entry.getValue())))
            .toList());
  }

  private static long jump(long sequence) {
    if (Long.compareUnsigned(sequence, Long.MAX_VALUE - 2 * STEP) > 0) {
      throw new IllegalArgumentException(
          "no sequence number is left behind " + Long.toUnsignedString(sequence));
    }
    return Math.ceilDiv(sequence + MARGIN, STEP) * STEP;
  }

  /// What the archive knows of any server.
  static List<GtidState> archived(Histories histories) {
    List<GtidState> all = new ArrayList<>();
    for (History history : histories.all()) {
      for (ArchivedLog log : history.logs()) {
        all.add(log.content().end());
      }
    }
    return all;
  }
}
