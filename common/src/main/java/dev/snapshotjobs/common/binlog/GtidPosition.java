package dev.snapshotjobs.common.binlog;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A place in a history: the last GTID of each replication domain. Empty means before the first
/// transaction. It is not a set as MySQL's: one GTID stands for all before it in its domain.
public record GtidPosition(SortedMap<Long, Gtid> byDomain) {
  public static final GtidPosition EMPTY = new GtidPosition(new TreeMap<>());

  public GtidPosition {
    byDomain = Collections.unmodifiableSortedMap(new TreeMap<>(byDomain));
    for (Map.Entry<Long, Gtid> entry : byDomain.entrySet()) {
      if (entry.getKey() != entry.getValue().domainId()) {
        throw new IllegalArgumentException(
            "domain " + entry.getKey() + " holds " + entry.getValue());
      }
    }
  }

  public static GtidPosition of(Collection<Gtid> gtids) {
    TreeMap<Long, Gtid> byDomain = new TreeMap<>();
    for (Gtid gtid : gtids) {
      if (byDomain.put(gtid.domainId(), gtid) != null) {
        throw new IllegalArgumentException("a position has one GTID per domain, twice: " + gtid);
      }
    }
    return new GtidPosition(byDomain);
  }

  /// Reads what MariaDB prints in `@@gtid_binlog_pos` and its siblings; order does not matter.
  public static GtidPosition parse(String text) {
    if (text.isBlank()) {
      return EMPTY;
    }
    return of(Arrays.stream(text.split(",", -1)).map(Gtid::parse).toList());
  }

  public boolean isEmpty() {
    return byDomain.isEmpty();
  }

  public Optional<Gtid> in(long domainId) {
    return Optional.ofNullable(byDomain.get(domainId));
  }

  /// Whether the transaction lies at or before this position.
  public boolean covers(Gtid gtid) {
    return in(gtid.domainId())
        .filter(last -> Long.compareUnsigned(gtid.sequence(), last.sequence()) <= 0)
        .isPresent();
  }

  @Override
  public String toString() {
    return byDomain.values().stream().map(Gtid::toString).collect(Collectors.joining(","));
  }
}
