package dev.snapshotjobs.common.binlog;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whether a log goes on where another one ended: its first state compared with the last of the
/// other. Names and numbers of logs come back after a RESET MASTER or a restore, states do not.
public sealed interface Succession {

  /// Nothing lies between them.
  record Unbroken() implements Succession {}

  /// Nothing lies between them, and somebody has told the server to forget these domains (`FLUSH
  /// BINARY LOGS DELETE_DOMAIN_ID`), which it does only when none of its logs has them.
  record DomainsRemoved(SortedSet<Long> domains) implements Succession {}

  /// It may well be the same history, but what was logged in between is not in either.
  record Gap(GtidState from, GtidState to) implements Succession {}

  /// It is another history, or the same at an earlier time.
  record Unrelated(GtidState end, GtidState start) implements Succession {}

  static Succession between(GtidState end, GtidState start) {
    if (start.equals(end)) {
      return new Unbroken();
    }
    if (contains(start, end)) {
      return new Gap(end, start);
    }
    SortedSet<Long> removed = new TreeSet<>(end.byDomain().keySet());
    removed.removeAll(start.byDomain().keySet());
    // Without any domain left it is rather a server that was made anew.
    return !removed.isEmpty() && !start.isEmpty() && start.equals(without(end, removed))
        ? new DomainsRemoved(removed)
        : new Unrelated(end, start);
  }

  /// Whether every server of every domain is at least as far in `later` as in `earlier`.
  private static boolean contains(GtidState later, GtidState earlier) {
    return earlier.byDomain().values().stream()
        .flatMap(domain -> domain.byServer().values().stream())
        .allMatch(later::reaches);
  }

  private static GtidState without(GtidState state, SortedSet<Long> domains) {
    SortedMap<Long, GtidState.Domain> left = new TreeMap<>(state.byDomain());
    left.keySet().removeAll(domains);
    return new GtidState(left);
  }
}
