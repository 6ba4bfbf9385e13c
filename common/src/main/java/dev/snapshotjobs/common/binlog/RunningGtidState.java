package dev.snapshotjobs.common.binlog;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// A [GtidState] that goes along while a log is read. Not for several threads.
public final class RunningGtidState {
  private final Map<Long, RunningDomain> byDomain = new HashMap<>();

  private static final class RunningDomain {
    final Map<Long, Gtid> byServer = new HashMap<>();
    Gtid last;

    RunningDomain(Gtid first) {
      this.last = first;
    }
  }

  public RunningGtidState(GtidState start) {
    reset(start);
  }

  /// Forgets all and goes on from the given state.
  public void reset(GtidState state) {
    byDomain.clear();
    state
        .byDomain()
        .forEach(
            (id, domain) -> {
              RunningDomain running = new RunningDomain(domain.last());
              running.byServer.putAll(domain.byServer());
              byDomain.put(id, running);
            });
  }

  /// Takes what was logged next. Its sequence need not be higher than the last: without
  /// `gtid_strict_mode` a server logs what it is given.
  public void advance(Gtid gtid) {
    RunningDomain domain = byDomain.computeIfAbsent(gtid.domainId(), id -> new RunningDomain(gtid));
    domain.last = gtid;
    domain.byServer.put(gtid.serverId(), gtid);
  }

  public GtidState now() {
    TreeMap<Long, GtidState.Domain> state = new TreeMap<>();
    byDomain.forEach(
        (id, domain) ->
            state.put(id, new GtidState.Domain(new TreeMap<>(domain.byServer), domain.last)));
    return new GtidState(state);
  }
}
