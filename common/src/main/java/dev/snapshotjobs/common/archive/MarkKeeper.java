package dev.snapshotjobs.common.archive;

import java.util.ArrayList;
import java.util.List;

/// Collects marks and keeps no more of them than it may. Any choice of true marks is true; fewer
/// bound an instant less closely. Not for several threads.
public final class MarkKeeper {
  private final int most;
  private final List<Mark> kept = new ArrayList<>();

  private MarkKeeper(int most) {
    this.most = most;
  }

  /// As many as the index of a log has.
  public static MarkKeeper ofLog() {
    return new MarkKeeper(ArchiveLimits.INDEX_MARKS);
  }

  /// As many as the document of a chunk has.
  public static MarkKeeper ofChunk() {
    return new MarkKeeper(ArchiveLimits.CHUNK_MARKS);
  }

  /// Takes the next one; offsets must not go back.
  public void add(Mark mark) {
    while (kept.size() >= 2 && isBetween(kept.get(kept.size() - 2), kept.getLast(), mark)) {
      kept.removeLast();
    }
    kept.add(mark);
    if (kept.size() > most) {
      thin();
    }
  }

  public Marks marks() {
    return new Marks(kept);
  }

  /// Forgets all: the next chunk has its own.
  public void clear() {
    kept.clear();
  }

  /// Whether the middle one of three says nothing that the others do not: on a server that does
  /// nothing the first says best what was there, and the last what was not.
  private static boolean isBetween(Mark first, Mark middle, Mark last) {
    return first.offset() == last.offset()
        && !middle.at().isBefore(first.at())
        && !last.at().isBefore(middle.at())
        && (last.caughtUp() || !middle.caughtUp());
  }

  /// Drops every second one, and neither the first nor the last.
  private void thin() {
    List<Mark> thinned = new ArrayList<>();
    for (int i = 0; i < kept.size() - 1; i += 2) {
      thinned.add(kept.get(i));
    }
    thinned.add(kept.getLast());
    kept.clear();
    kept.addAll(thinned);
  }
}
