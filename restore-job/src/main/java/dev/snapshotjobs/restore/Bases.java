package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.ArchivedLog;
import dev.snapshotjobs.common.archive.BaseTimeline;
import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Chain;
import dev.snapshotjobs.common.archive.LogName;
import dev.snapshotjobs.common.archive.TimelineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Which snapshots of the catalogue are bases, and why the others are none.
///
/// @param usable in no order
/// @param unusable each with the reason, for a person
record Bases(List<Base> usable, List<Unusable> unusable) {
  record Unusable(String snapshot, String why) {
    Map<String, Object> fields() {
      return Map.of("snapshot", snapshot, "why", why);
    }
  }

  Bases {
    usable = List.copyOf(usable);
    unusable = List.copyOf(unusable);
  }

  static Bases of(
      Collection<CatalogueEntry> entries, ClusterSnapshots cluster, List<Chain> chains) {
    List<BaseTimeline.LogStart> starts = starts(chains);
    List<Base> usable = new ArrayList<>();
    List<Unusable> unusable = new ArrayList<>();
    for (CatalogueEntry entry : entries) {
      String name = entry.snapshot().name();
      Optional<String> against = entry.againstRecovery().or(() -> against(cluster.of(entry)));
      if (against.isPresent()) {
        unusable.add(new Unusable(name, against.get()));
        continue;
      }
      switch (BaseTimeline.of(entry, starts)) {
        case BaseTimeline.Found(TimelineId timeline) -> usable.add(base(entry, timeline, chains));
        case BaseTimeline.None(String why) -> unusable.add(new Unusable(name, why));
        case BaseTimeline.Several(List<TimelineId> timelines) ->
            unusable.add(
                new Unusable(
                    name,
                    "timelines %s part in its very log, and only the copy itself can tell which"
                            .formatted(timelines)
                        + " is its own"));
      }
    }
    return new Bases(usable, unusable);
  }

  /// The history that a snapshot is of; empty if none that is archived, or several.
  static Optional<TimelineId> timeline(CatalogueEntry entry, List<Chain> chains) {
    return BaseTimeline.of(entry, starts(chains)) instanceof BaseTimeline.Found(TimelineId found)
        ? Optional.of(found)
        : Optional.empty();
  }

  private static List<BaseTimeline.LogStart> starts(List<Chain> chains) {
    return chains.stream()
        .flatMap(
            chain ->
                chain.logs().stream()
                    .map(
                        log ->
                            new BaseTimeline.LogStart(
                                chain.timeline(), log.log(), log.content().start())))
        .toList();
  }

  private static Optional<String> against(ClusterSnapshots.Standing standing) {
    return switch (standing) {
      case READY, UNKNOWN -> Optional.empty();
      case NOT_READY -> Optional.of("its VolumeSnapshot " + standing.words());
      case GONE ->
          Optional.of(
              "its VolumeSnapshot "
                  + standing.words()
                  + " (without --check-snapshots it counts, by the name that the storage has for it)");
    };
  }

  /// A timeline has a log of a name once.
  private static Base base(CatalogueEntry entry, TimelineId timeline, List<Chain> chains) {
    LogName log = entry.place().orElseThrow().log();
    return chains.stream()
        .filter(chain -> chain.timeline().equals(timeline))
        .flatMap(chain -> at(chain, log).map(number -> new Base(entry, chain, number)))
        .findFirst()
        .orElseThrow();
  }

  private static Stream<Integer> at(Chain chain, LogName log) {
    List<LogName> names = chain.logs().stream().map(ArchivedLog::log).toList();
    return names.contains(log) ? Stream.of(names.indexOf(log)) : Stream.empty();
  }

  /// Those of one chain.
  List<Base> of(Chain chain) {
    return usable.stream().filter(base -> base.chain().equals(chain)).sorted(Base.BY_LOG).toList();
  }
}
