package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.kube.VolumeSnapshot;
import dev.snapshotjobs.common.snapshot.SnapshotKeys;
import dev.snapshotjobs.common.snapshot.SnapshotState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The VolumeSnapshots that the cluster has, as far as it was asked and has answered.
///
/// @param byNamespace those of a namespace that has answered
record ClusterSnapshots(Map<String, List<VolumeSnapshot>> byNamespace) {
  static final ClusterSnapshots NOT_ASKED = new ClusterSnapshots(Map.of());

  ClusterSnapshots {
    byNamespace = Map.copyOf(byNamespace);
  }

  /// Where the cluster can be asked.
  interface Source {
    /// Fails by a `KubernetesFailure`.
    List<VolumeSnapshot> in(String namespace);
  }

  /// What the cluster says of the VolumeSnapshot that an entry is of.
  enum Standing {
    READY("is there, and ready"),
    /// A controller may be about to say otherwise.
    NOT_READY("is there, and not ready"),
    GONE("is not in the cluster any more"),
    /// Nobody asked, or nobody answered.
    UNKNOWN("may be there; the cluster was not asked");

    private final String words;

    Standing(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  Standing of(CatalogueEntry entry) {
    List<VolumeSnapshot> there = byNamespace.get(entry.snapshot().namespace());
    if (there == null) {
      return Standing.UNKNOWN;
    }
    Optional<VolumeSnapshot> found =
        there.stream()
            .filter(snapshot -> snapshot.uid().equals(entry.snapshot().uid()))
            .filter(snapshot -> !snapshot.beingDeleted())
            .findFirst();
    return found
        .map(snapshot -> snapshot.status().readyToUse() ? Standing.READY : Standing.NOT_READY)
        .orElse(Standing.GONE);
  }

  /// Snapshots of the instance that count, and of which the catalogue does not know.
  List<VolumeSnapshot> withoutEntry(String instance, Collection<CatalogueEntry> entries) {
    Set<String> known =
        entries.stream().map(entry -> entry.snapshot().uid()).collect(Collectors.toSet());
    return byNamespace.values().stream()
        .flatMap(List::stream)
        .filter(
            snapshot -> snapshot.label(SnapshotKeys.INSTANCE).filter(instance::equals).isPresent())
        .filter(snapshot -> SnapshotState.counts(snapshot.labels(), snapshot.annotations()))
        .filter(snapshot -> !known.contains(snapshot.uid()))
        .toList();
  }
}
