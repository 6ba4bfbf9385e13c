package dev.snapshotjobs.common.binlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a server has logged up to one moment: of each domain the last GTID, and the last of each
/// server in it: more than a [GtidPosition]. It is what `@@gtid_binlog_state` says, but for the
/// order within a domain: of more than ten GTIDs a server prints them as its sort by domains leaves
/// them.
public record GtidState(SortedMap<Long, Domain> byDomain) {
  public static final GtidState EMPTY = new GtidState(new TreeMap<>());

  /// The last of each server in one domain.
  ///
  /// @param last the newest of all; the sequences of other servers may be higher
  public record Domain(SortedMap<Long, Gtid> byServer, Gtid last) {
    public Domain {
      byServer = Collections.unmodifiableSortedMap(new TreeMap<>(byServer));
      if (!last.equals(byServer.get(last.serverId()))) {
        throw new IllegalArgumentException(last + " is none of " + byServer.values());
      }
    }

    /// As a log lists them: the newest comes last.
    private List<Gtid> inOrder() {
      List<Gtid> all = new ArrayList<>(byServer.values());
      all.remove(last);
      all.add(last);
      return all;
    }
  }

  public GtidState {
    byDomain = Collections.unmodifiableSortedMap(new TreeMap<>(byDomain));
  }

  /// Of GTIDs in the order in which they were logged, or as a log lists them at its beginning.
  public static GtidState of(Iterable<Gtid> inOrder) {
    RunningGtidState running = new RunningGtidState(EMPTY);
    inOrder.forEach(running::advance);
    return running.now();
  }

  /// Reads what [#toString] prints.
  public static GtidState parse(String text) {
    return text.isBlank()
        ? EMPTY
        : of(Arrays.stream(text.split(",", -1)).map(Gtid::parse).toList());
  }

  /// What `@@gtid_binlog_pos` says at the same moment.
  public GtidPosition position() {
    return GtidPosition.of(byDomain.values().stream().map(Domain::last).toList());
  }

  /// The same, where the position says which GTID of each domain is the newest: the order in which
  /// a server prints its state does not always tell.
  public GtidState endingAt(GtidPosition position) {
    RunningGtidState running = new RunningGtidState(this);
    position.byDomain().values().forEach(running::advance);
    return running.now();
  }

  /// What it has last of that one's server in that one's domain.
  public Optional<Gtid> lastLike(Gtid gtid) {
    return Optional.ofNullable(byDomain.get(gtid.domainId()))
        .flatMap(domain -> Optional.ofNullable(domain.byServer().get(gtid.serverId())));
  }

  /// Whether that one, or a later one of its server in its domain, had been logged. It says that it
  /// had been logged itself only where sequences rise (`gtid_strict_mode`) and none is left out.
  public boolean reaches(Gtid gtid) {
    return lastLike(gtid)
        .filter(last -> Long.compareUnsigned(last.sequence(), gtid.sequence()) >= 0)
        .isPresent();
  }

  public boolean isEmpty() {
    return byDomain.isEmpty();
  }

  @Override
  public String toString() {
    return byDomain.values().stream()
        .flatMap(domain -> domain.inOrder().stream())
        .map(Gtid::toString)
        .collect(Collectors.joining(","));
  }
}
