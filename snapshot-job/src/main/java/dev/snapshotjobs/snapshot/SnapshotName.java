package dev.snapshotjobs.snapshot;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.stream.IntStream;

/// Names a VolumeSnapshot by its schedule slot, so that a second pod of the same slot finds the
/// first one's work.
final class SnapshotName {
  private static final DateTimeFormatter SLOT =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private SnapshotName() {}

  /// `<instance>-<yyyyMMdd-HHmmss>`, with `-2`, `-3`, … where that is taken.
  static String firstFree(String instance, Instant slot, Set<String> taken) {
    String base = instance + "-" + SLOT.format(slot);
    return taken.contains(base)
        ? IntStream.iterate(2, n -> n + 1)
            .mapToObj(n -> base + "-" + n)
            .filter(name -> !taken.contains(name))
            .findFirst()
            .orElseThrow()
        : base;
  }
}
