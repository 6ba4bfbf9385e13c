package dev.snapshotjobs.common.config;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/// Tells a mistyped name from a foreign one: a typing error in a retention setting must not pass as
/// a variable of somebody else.
record NearMisses(Set<String> known) {

  /// Short names have too many neighbours that mean something else, so only one edit counts.
  private static final int SHORT = 10;

  /// The known name that `name` was probably meant to be; empty if it is known, or near to none.
  Optional<String> intended(String name) {
    if (known.contains(name) || KnownSettings.FOREIGN.contains(name)) {
      return Optional.empty();
    }
    ToIntFunction<String> edits = candidate -> edits(name, candidate);
    return known.stream()
        .filter(candidate -> edits(name, candidate) <= (candidate.length() < SHORT ? 1 : 2))
        .min(Comparator.comparingInt(edits).thenComparing(Comparator.naturalOrder()));
  }

  /// Optimal string alignment: insertions, deletions, substitutions, and neighbours swapped.
  static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(
                cost[i - 1][j - 1] + substitution, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
