package dev.snapshotjobs.restore;

import dev.snapshotjobs.common.archive.CatalogueEntry;
import dev.snapshotjobs.common.archive.Chain;
import java.util.Comparator;

/// A snapshot on top of which logs can be replayed: the log that it names begins right where its
/// data end.
///
/// @param chain the logs that may follow it
/// @param log the number of its own log in the chain
record Base(CatalogueEntry entry, Chain chain, int log) {
  /// The one that leaves the least to replay is the greatest.
  static final Comparator<Base> BY_LOG =
      Comparator.comparingInt(Base::log).thenComparing(base -> base.entry().recordedAt());
}
