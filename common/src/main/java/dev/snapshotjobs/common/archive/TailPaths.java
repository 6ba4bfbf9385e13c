package dev.snapshotjobs.common.archive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The ways from the first byte of a log through its chunks.
final class TailPaths {
  /// By where they end, and then so that the same chunks always lead to the same choice.
  static final Comparator<TailChunk> ORDER =
      Comparator.comparingLong((TailChunk chunk) -> chunk.range().to())
          .thenComparingLong(chunk -> chunk.range().from())
          .thenComparing(TailChunk::archivedAt)
          .thenComparing(chunk -> chunk.prefix().sha256())
          .thenComparing(TailChunk::beforeSha256)
          .thenComparing(chunk -> chunk.object().sha256());

  private final Map<TailChunk, Step> steps = new HashMap<>();
  private final Map<Place, Step> byEnd = new HashMap<>();
  private final List<Step> inOrder = new ArrayList<>();
  private @Nullable Step furthest;

  /// The end of a chunk, as the next one names it.
  private record Place(String head, long offset, String sha256) {}

  /// @param believed how many chunks up to here begin inside of the one before them
  private record Step(TailChunk chunk, @Nullable Step before, int chunks, int believed) {}

  TailPaths(List<TailChunk> byOrder) {
    for (TailChunk chunk : byOrder) {
      step(chunk).ifPresent(this::add);
    }
  }

  boolean reaches(TailChunk chunk) {
    return steps.containsKey(chunk);
  }

  List<TailChunk> longest() {
    List<TailChunk> chunks = new ArrayList<>();
    for (Step step = furthest; step != null; step = step.before()) {
      chunks.addFirst(step.chunk());
    }
    return chunks;
  }

  static boolean sameLog(TailChunk one, TailChunk other) {
    return one.prefix().head().equals(other.prefix().head())
        && one.prefix().start().equals(other.prefix().start());
  }

  private void add(Step step) {
    steps.put(step.chunk(), step);
    inOrder.add(step);
    byEnd.merge(endOf(step.chunk()), step, TailPaths::better);
    if (furthest == null || step.chunk().range().to() > furthest.chunk().range().to()) {
      furthest = step;
    } else if (step.chunk().range().to() == furthest.chunk().range().to()) {
      furthest = better(furthest, step);
    }
  }

  private Optional<Step> step(TailChunk chunk) {
    if (chunk.range().from() == 0) {
      return Optional.of(new Step(chunk, null, 1, 0));
    }
    Step exact = byEnd.get(startOf(chunk));
    if (exact != null) {
      return Optional.of(new Step(chunk, exact, exact.chunks() + 1, exact.believed()));
    }
    return inside(chunk)
        .map(before -> new Step(chunk, before, before.chunks() + 1, before.believed() + 1));
  }

  /// The one that reaches furthest of those that the chunk begins inside of.
  private Optional<Step> inside(TailChunk chunk) {
    for (int i = inOrder.size() - 1; i >= 0; i--) {
      Step step = inOrder.get(i);
      if (step.chunk().range().to() <= chunk.range().from()) {
        break;
      }
      if (step.chunk().range().to() < chunk.range().to() && mayGoOn(step.chunk(), chunk)) {
        return Optional.of(step);
      }
    }
    return Optional.empty();
  }

  /// Whether what two readings of a log found may be two stages of the same log.
  private static boolean mayGoOn(TailChunk earlier, TailChunk later) {
    return sameLog(earlier, later)
        && earlier.prefix().transactions() <= later.prefix().transactions()
        && earlier.prefix().wholeTransactionsEnd() <= later.prefix().wholeTransactionsEnd();
  }

  private static Step better(Step one, Step other) {
    if (one.believed() != other.believed()) {
      return one.believed() < other.believed() ? one : other;
    }
    return other.chunks() < one.chunks() ? other : one;
  }

  private static Place endOf(TailChunk chunk) {
    return new Place(chunk.prefix().head(), chunk.range().to(), chunk.prefix().sha256());
  }

  private static Place startOf(TailChunk chunk) {
    return new Place(chunk.prefix().head(), chunk.range().from(), chunk.beforeSha256());
  }
}
